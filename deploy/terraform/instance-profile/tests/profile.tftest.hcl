# The role that the module makes. Nothing is created and nothing is called.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "server"
  policy_arns = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  policies    = { logs = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
}

run "role_and_profile" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust.json).Statement[0].Principal.Service == "ec2.amazonaws.com"
    error_message = "EC2 can't assume the role."
  }

  assert {
    condition     = aws_iam_instance_profile.this.role == "server" && aws_iam_role_policy.this["logs"].role == "server"
    error_message = "The profile has another role."
  }
}
