use crate::{moment::Moment, server::error::Result};
use sea_orm::ConnectionTrait;
use std::net::IpAddr;
pub struct Key;
pub struct Window;
impl Key {
    pub fn account(_: &str, _: u32) -> Self {
        Self
    }
    pub fn sign_in_network(_: IpAddr) -> Self {
        Self
    }
}
impl Window {
    pub fn registrations(_: u32) -> Self {
        Self
    }
}
pub async fn check(_: &impl ConnectionTrait, _: &[Key], _: Moment) -> Result<()> {
    Ok(())
}
pub async fn record_failure(_: &impl ConnectionTrait, _: &[Key], _: Moment) -> Result<()> {
    Ok(())
}
pub async fn clear(_: &impl ConnectionTrait, _: &[Key]) -> Result<()> {
    Ok(())
}
pub async fn take(_: &impl ConnectionTrait, _: Option<IpAddr>, _: Window, _: Moment) -> Result<()> {
    Ok(())
}
