# The documents that the module makes. Nothing is created and nothing is called.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.this
  values = { account_id = "111111111111" }
}

run "roles" {
  command = plan

  assert {
    condition = alltrue([
      for document in data.aws_iam_policy_document.trust :
      jsondecode(document.json).Statement[0].Condition.StringLike["sts:RoleSessionName"] == "$${aws:username}"
    ])
    error_message = "A user could choose the name of a session."
  }

  assert {
    condition = alltrue([
      for document in data.aws_iam_policy_document.trust :
      jsondecode(document.json).Statement[0].Condition.Bool["aws:MultiFactorAuthPresent"] == "true"
    ])
    error_message = "A role can be assumed without MFA."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["AdminAccess"].json).Statement[0].Condition.NumericLessThan["aws:MultiFactorAuthAge"] == "3600"
    error_message = "The code of AdminAccess may be older than an hour."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["DeveloperAccess"].json).Statement[0].Condition.NumericLessThan["aws:MultiFactorAuthAge"] == "14400"
    error_message = "The code of DeveloperAccess may be older than four hours."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["AdminAccess"].json).Statement[0].Principal.AWS == "arn:aws:iam::111111111111:root"
    error_message = "The trust policy names another account."
  }
}

run "first_sign_in" {
  command = plan

  assert {
    condition = alltrue([
      for action in ["iam:ChangePassword", "iam:GetAccountPasswordPolicy"] :
      contains([for each in jsondecode(data.aws_iam_policy_document.self_service.json).Statement : each if each.Sid == "NothingElseWithoutMfa"][0].NotAction, action)
    ])
    error_message = "A new user could not pass the first sign-in."
  }
}

run "own_user_alone" {
  command = plan

  assert {
    condition = alltrue([
      for arn in [for each in jsondecode(data.aws_iam_policy_document.self_service.json).Statement : each if each.Sid == "OwnUser"][0].Resource :
      endswith(arn, "/$${aws:username}")
    ])
    error_message = "A user could change another one whose name ends alike."
  }
}

run "one_letter_users" {
  command = plan

  variables {
    one_letter_users = true
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust["AdminAccess"].json).Statement[0].Condition.StringLike["sts:RoleSessionName"] == "$${aws:username}*"
    error_message = "awst pads the session name of such a user."
  }
}
