//! The AWS SDK for Rust in one program: says who it is, and again every half second for the seconds it is given.
use std::time::{Duration, Instant};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds = std::env::args().nth(1).unwrap_or_default().parse()?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let sts = aws_sdk_sts::Client::new(&config);
    loop {
        println!("{}", sts.get_caller_identity().send().await?.arn().unwrap_or_default());
        if Instant::now() >= end {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
