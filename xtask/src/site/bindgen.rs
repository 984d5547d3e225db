//! wasm-bindgen: from the compiler's wasm to a module that a browser loads and the script that loads it.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Failure, Outcome};

pub struct Bound {
    pub script: Vec<u8>,
    pub module: Vec<u8>,
}

/// The script never guesses the address of its module: whoever calls it passes `module_or_path`.
pub fn bind(wasm: &Path) -> Outcome<Bound> {
    let explain = |cause| Failure::new(format!("wasm-bindgen could not read {}: {cause:#}", wasm.display()));
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)
        .map_err(explain)?
        .out_name("locutory")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .generate_output()
        .map_err(explain)?;
    let inline = output.snippets().iter().filter(|(_, scripts)| !scripts.is_empty()).map(|(name, _)| name);
    refuse_further_scripts(inline.chain(output.local_modules().keys()))?;
    Ok(Bound { script: output.js().as_bytes().to_vec(), module: output.wasm_mut().emit_wasm() })
}

/// A dependency may bring JavaScript files of its own, which the script imports by relative path. None does today, and
/// each would be one more round trip.
fn refuse_further_scripts<'names>(mut names: impl Iterator<Item = &'names String>) -> Outcome {
    match names.next() {
        None => Ok(()),
        Some(name) => Err(Failure::new(format!(
            "{name} brings a JavaScript file of its own, which this build does not publish. \
             Do without that dependency, or teach xtask/src/site/bindgen.rs to publish it."
        ))),
    }
}
