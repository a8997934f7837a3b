# The trust policies that the module makes. Nothing is created and nothing is called.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  central_account_id = "111111111111"
  roles = {
    Deploy = { policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
    Audit  = { policy_arns = ["arn:aws:iam::aws:policy/SecurityAudit"], mfa_seconds = 900 }
  }
}

run "roles" {
  command = plan

  assert {
    condition     = join(" ", keys(aws_iam_role.this)) == "Audit Deploy"
    error_message = "There is one role for each entry."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["Audit"].json).Statement[0].Condition.NumericLessThan["aws:MultiFactorAuthAge"] == "900"
    error_message = "The age of the code is the role's own."
  }

  assert {
    condition     = !can(jsondecode(data.aws_iam_policy_document.trust["Audit"].json).Statement[0].Condition.StringEquals["sts:ExternalId"])
    error_message = "There is an ExternalId without a reason."
  }
}

run "external_id" {
  command = plan

  variables {
    external_id = "for-us"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["Deploy"].json).Statement[0].Condition.StringEquals["sts:ExternalId"] == "for-us"
    error_message = "The ExternalId is missing."
  }
}

run "not_an_account" {
  command = plan

  variables {
    central_account_id = "example"
  }

  expect_failures = [var.central_account_id]
}
