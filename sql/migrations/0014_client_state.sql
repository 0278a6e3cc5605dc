-- What whoever asked for an outbound call gave with it, for them to know it again: opaque.
alter table calls add column client_state text;
