# One account with users, roles behind MFA, a small network and an instance profile. After `terraform apply`:
#   eval "$(terraform output -raw awst_init)"

provider "aws" {
  region = var.region

  # awst and its users write tags of their own: key descriptions are named by the key's id. Only the provider of the root
  # can leave them out of the plan.
  ignore_tags {
    key_prefixes = ["AKIA", "awst:"]
  }
}

module "account" {
  source = "../../central-account"
}

module "users" {
  source = "../../users"

  users          = var.users
  secrets_folder = var.secrets_folder

  # The first sign-in needs the groups and their policies.
  depends_on = [module.account]
}

data "aws_partition" "this" {}

module "server" {
  source = "../../instance-profile"

  name = "example-server"
  policy_arns = {
    session_manager = "arn:${data.aws_partition.this.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.20.0.0/24"
  tags       = { Name = "example" }
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.20.0.0/26"
  tags       = { Name = "example" }
}
