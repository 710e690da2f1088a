"""A contact as Iterable is to have it: fields that it has, with values of their types."""
import datetime
import re

E164 = re.compile(r"^\+[1-9]\d{6,14}$")


def user_of(record, types):
    data = dict(record)
    email = data.pop("email").strip().lower()
    first, *others = data.pop("name").split()
    phone = data.pop("phone")
    fields = {"firstName": first, "lastName": " ".join(others)}
    if E164.match(phone):
        fields["phoneNumber"] = phone
    for field, value in data.items():
        if field in types:
            fields[field] = as_type(value, types[field])
    return {"email": email, "dataFields": fields}


def as_type(value, kind):
    if kind == "long":
        return int(value)
    if kind == "boolean":
        return value.lower() in ("true", "yes", "1")
    if kind == "date":
        moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        return moment.strftime("%Y-%m-%d %H:%M:%S +00:00")
    return value
