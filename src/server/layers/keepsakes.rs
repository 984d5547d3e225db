//! Reads what the browser keeps for us, and writes what has changed, errors and redirects included.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use crate::server::{
    app::App,
    keepsake::{Keepsakes, Transport},
};

/// Puts the [`Keepsakes`] of a request into its extensions.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let transport = if app.config().site.address.is_secure() { Transport::Secure } else { Transport::Loopback };
    let key = app.cookie_key();
    let keepsakes = Keepsakes::read(request.headers(), &key, transport);
    request.extensions_mut().insert(keepsakes.clone());
    let mut response = next.run(request).await;
    keepsakes.write(response.headers_mut(), &key, transport);
    response
}
