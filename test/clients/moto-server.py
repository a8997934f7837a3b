"""moto's server without its evaluation of bucket policies, which ignores conditions: every Deny would hold."""

import sys

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.server import main

FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL
main(sys.argv[1:])
