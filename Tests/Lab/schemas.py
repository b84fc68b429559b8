#!/usr/bin/env python3
"""Holds findings against the published schemas of the forms that `culprit watch --format` writes.

    schemas.py json docs/finding.schema.json < lines   # Culprit's own; a member that the schema does not name does not fit
    schemas.py eve  SCHEMA.json < lines     # Suricata's etc/schema.json
    schemas.py ecs  ECS_FLAT.yml < lines    # elastic/ecs, generated/ecs/ecs_flat.yml
    schemas.py ocsf FOLDER < lines          # a checkout of ocsf/ocsf-schema

Needs python3-jsonschema and python3-yaml. The schemas of others are not part of this repository. Exit code 1 when something does not fit.
"""
import ipaddress, json, os, sys


def own(path):
    import jsonschema

    def close(schema):
        """The schema lets readers meet members of later versions; what is written here and now has all of its own in it."""
        if isinstance(schema, dict):
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
            for inner in schema.values():
                close(inner)
        elif isinstance(schema, list):
            for inner in schema:
                close(inner)

    schema = json.load(open(path))
    jsonschema.Draft202012Validator.check_schema(schema)
    close(schema)
    check = jsonschema.Draft202012Validator(schema)
    return lambda line: [f"{'.'.join(map(str, e.path))}: {e.message}" for e in check.iter_errors(line)]


def eve(path):
    import jsonschema
    check = jsonschema.Draft7Validator(json.load(open(path)))
    return lambda line: [f"{'.'.join(map(str, e.path))}: {e.message}" for e in check.iter_errors(line)]


def ecs(path):
    import yaml
    fields = yaml.load(open(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    fits = {
        "keyword": lambda v: isinstance(v, str), "constant_keyword": lambda v: isinstance(v, str),
        "wildcard": lambda v: isinstance(v, str), "match_only_text": lambda v: isinstance(v, str),
        "long": lambda v: isinstance(v, int), "float": lambda v: isinstance(v, (int, float)),
        "date": lambda v: isinstance(v, str) and v[10] == "T", "ip": lambda v: bool(ipaddress.ip_address(v)),
    }

    def walk(value, name):
        if isinstance(value, dict):
            for key, inner in value.items():
                if name or key != "culprit":
                    yield from walk(inner, f"{name}.{key}" if name else key)
            return
        field = fields.get(name)
        if field is None:
            yield f"{name} is no field of ECS"
            return
        is_list = "array" in field.get("normalize", [])
        if is_list != isinstance(value, list):
            yield f"{name}: {'a list' if is_list else 'one value'} is wanted"
        for one in value if isinstance(value, list) else [value]:
            if not fits[field["type"]](one):
                yield f"{name}: {one!r} is no {field['type']}"
            allowed = [a["name"] for a in field.get("allowed_values", [])]
            if allowed and one not in allowed:
                yield f"{name}: {one!r} is not among {allowed}"

    def has(line, name):
        for part in name.split("."):
            if not isinstance(line, dict) or part not in line:
                return False
            line = line[part]
        return True

    needed = [name for name, field in fields.items() if field.get("required")]
    return lambda line: [f"{n} is missing" for n in needed if not has(line, n)] + list(walk(line, ""))


def ocsf(folder):
    def load(path):
        return json.load(open(os.path.join(folder, path)))

    dictionary = load("dictionary.json")
    files = {}
    for top in ("events", "objects"):
        for at, _, names in os.walk(os.path.join(folder, top)):
            for name in names:
                if name.endswith(".json"):
                    one = json.load(open(os.path.join(at, name)))
                    files[(top, one.get("name", name[:-5]))] = one

    def whole(top, name):
        one = files[(top, name)]
        attributes, constraints = {}, {}
        if one.get("extends") and (top, one["extends"]) in files:
            attributes, constraints = whole(top, one["extends"])
        constraints = one.get("constraints", constraints)
        for included in one["attributes"].get("$include", []):
            for key, value in load(included)["attributes"].items():
                # What a profile demands is demanded of those who say that they follow it.
                attributes.setdefault(key, {**value, "requirement": "optional"})
        for key, value in one["attributes"].items():
            if key != "$include":
                attributes[key] = {**attributes.get(key, {}), **value}
        return attributes, constraints

    def scalar(kind, value):
        return {
            "integer_t": lambda: isinstance(value, int) and not isinstance(value, bool),
            "port_t": lambda: isinstance(value, int) and 0 <= value < 65536,
            "timestamp_t": lambda: isinstance(value, int), "long_t": lambda: isinstance(value, int),
            "boolean_t": lambda: isinstance(value, bool), "ip_t": lambda: bool(ipaddress.ip_address(value)),
            "float_t": lambda: isinstance(value, (int, float)), "json_t": lambda: True,
        }.get(kind, lambda: isinstance(value, str))()

    def check(top, name, line, path):
        attributes, constraints = whole(top, name)
        for key, attribute in attributes.items():
            if attribute.get("requirement") == "required" and key not in line:
                yield f"{path}{key} is missing"
        for rule, keys in constraints.items():
            count = sum(key in line for key in keys)
            if rule == "at_least_one" and count == 0 or rule == "just_one" and count != 1:
                yield f"{path}: {rule} of {keys}"
        for key, value in line.items():
            if key not in attributes:
                yield f"{path}{key} is no attribute of {name}"
                continue
            known = dictionary["attributes"][key]
            if known.get("is_array", False) != isinstance(value, list):
                yield f"{path}{key}: a list or not a list"
                continue
            for one in value if isinstance(value, list) else [value]:
                kind = known["type"]
                if ("objects", kind) in files and kind != "object":
                    yield from check("objects", kind, one, f"{path}{key}.")
                elif kind != "object" and kind in dictionary["types"]["attributes"] and not scalar(kind, one):
                    yield f"{path}{key}: {one!r} is no {kind}"
                allowed = {**known.get("enum", {}), **attributes[key].get("enum", {})}
                if allowed and key not in ("class_uid", "category_uid", "type_uid") and str(one) not in allowed:
                    yield f"{path}{key}: {one!r} is not among {sorted(allowed)}"

    def fits(line):
        problems = list(check("events", "detection_finding", line, ""))
        category, event = 2, files[("events", "detection_finding")]["uid"]
        if line["class_uid"] != category * 1000 + event or line["type_uid"] != line["class_uid"] * 100 + line["activity_id"]:
            problems.append("class_uid or type_uid")
        return problems

    return fits


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("json", "eve", "ecs", "ocsf"):
        sys.exit(__doc__)
    fits = {"json": own, "eve": eve, "ecs": ecs, "ocsf": ocsf}[sys.argv[1]](sys.argv[2])
    count, wrong = 0, 0
    for text in sys.stdin:
        count += 1
        for problem in fits(json.loads(text)):
            wrong += 1
            print(f"line {count}: {problem}")
    print(f"{sys.argv[1]}: {count} findings, {wrong} things that do not fit")
    sys.exit(1 if wrong or not count else 0)


main()
