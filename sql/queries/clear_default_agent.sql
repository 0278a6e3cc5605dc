update agents set is_default = false where is_default
