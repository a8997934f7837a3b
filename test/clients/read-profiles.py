# Reads pairs of AWS files as boto3 does: a JSON list of {config, credentials} on stdin, one JSON list of answers on
# stdout. An answer is null where botocore refuses a file.
import json
import os
import sys
import tempfile

import botocore.exceptions
import botocore.session

os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def read(folder, texts):
    for name, text in texts.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(text.encode())
        variable = "AWS_CONFIG_FILE" if name == "config" else "AWS_SHARED_CREDENTIALS_FILE"
        os.environ[variable] = path
    session = botocore.session.Session(profile="p")
    try:
        session.full_config
        settings = session.get_scoped_config()
    except botocore.exceptions.ConfigParseError:
        return None
    except botocore.exceptions.ProfileNotFound:
        return {}
    return {key: value for key, value in settings.items() if isinstance(value, str)}


with tempfile.TemporaryDirectory() as folder:
    answers = [read(folder, texts) for texts in json.load(sys.stdin)]
print(json.dumps(answers))
