//! The client's start: everything else is in the library.

fn main() {
    renkei_frontend::app::start();
}
