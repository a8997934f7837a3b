# What the module plans for users. Nothing is created, and awst is not run: only plans.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  users = {
    alice = { email = "alice@example.com", groups = ["Admins"], tags = { team = "platform" } }
    bob   = { email = "bob@example.com", path = "/staff/" }
  }
}

run "users" {
  command = plan

  assert {
    condition     = aws_iam_user.this["alice"].tags == tomap({ email = "alice@example.com", team = "platform" })
    error_message = "The tags are not those of the map."
  }

  assert {
    condition     = alltrue([for user in aws_iam_user.this : user.force_destroy])
    error_message = "A user with keys could not be destroyed."
  }

  assert {
    condition     = terraform_data.life["alice"].triggers_replace == null
    error_message = "More than the ARN passes through terraform_data."
  }

  assert {
    condition     = join(" ", keys(aws_iam_user_group_membership.this)) == "alice"
    error_message = "A user without groups has a membership."
  }
}

run "same_user_twice" {
  command = plan

  variables {
    users = {
      alice = { email = "a@example.com" }
      Alice = { email = "b@example.com" }
    }
  }

  expect_failures = [var.users]
}

run "not_a_user_name" {
  command = plan

  variables {
    users = { "alice;reboot" = { email = "a@example.com" } }
  }

  expect_failures = [var.users]
}
