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
    condition     = join(" ", keys(aws_iam_user_group_membership.this)) == "alice"
    error_message = "A user without groups has a membership."
  }
}

# An ARN is known after apply only: a mocked provider gives one, with the user's path. No command of awst can run: a
# provisioner runs on apply, and this is a plan.
run "input_is_the_arn_without_the_path" {
  command = plan

  override_resource {
    override_during = plan
    target          = aws_iam_user.this["bob"]
    values = {
      arn = "arn:aws:iam::111111111111:user/staff/night/bob"
    }
  }

  override_resource {
    override_during = plan
    target          = aws_iam_user.this["alice"]
    values = {
      arn = "arn:aws-cn:iam::111111111111:user/alice"
    }
  }

  assert {
    condition     = terraform_data.life["bob"].input == "arn:aws:iam::111111111111:user/bob"
    error_message = "The input of a user with a path is not the ARN without the path: a move would replace the user."
  }

  assert {
    condition     = terraform_data.life["alice"].input == "arn:aws-cn:iam::111111111111:user/alice"
    error_message = "The input of a user without a path is not the ARN."
  }

  assert {
    condition     = alltrue([for each in terraform_data.life : each.triggers_replace == null])
    error_message = "A change of something besides the ARN would replace terraform_data, and off-board the user."
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
