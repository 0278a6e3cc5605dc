# Writes the phrase lists as C++ string literals: embed_phrases.py OUT.cpp es=FILE en=FILE
import sys

with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write("namespace centralita::sandbox {\n")
    for pair in sys.argv[2:]:
        language, path = pair.split("=", 1)
        name = "kPhrases" + language.capitalize()
        out.write(f"extern const char {name}[];\nconst char {name}[] =\n")
        with open(path, encoding="utf-8") as source:
            for line in source:
                text = line.rstrip("\n").replace("\\", "\\\\").replace('"', '\\"')
                out.write(f'    "{text}\\n"\n')
        out.write("    ;\n")
    out.write("}  // namespace centralita::sandbox\n")
