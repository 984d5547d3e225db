pub const RULES: i32 = 1;
pub struct Rendered(String);
impl Rendered {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
pub fn render(text: &str) -> Rendered {
    Rendered(format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;")))
}
