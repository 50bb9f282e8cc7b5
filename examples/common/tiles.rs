//! Pictures beside each other, as one SVG.

use std::fmt::Write;

/// Rows of coloured pixels.
pub type Tile = Vec<Vec<[u8; 3]>>;

/// The width of a pixel, and what lies between two pictures.
const PIXEL: usize = 5;
const GAP: usize = 12;
const TITLE: usize = 22;

/// A grey picture: 0 is black, 1 white.
pub fn grey<'a>(rows: impl IntoIterator<Item = impl IntoIterator<Item = &'a f32>>) -> Tile {
    let shade = |value: &f32| [(value.clamp(0.0, 1.0) * 255.0) as u8; 3];
    rows.into_iter().map(|row| row.into_iter().map(shade).collect()).collect()
}

/// All rows of pictures below each other; each column has a title.
pub fn svg(titles: &[&str], rows: &[Vec<Tile>]) -> String {
    let side = rows.first().and_then(|row| row.first()).map_or(0, |tile| tile.len() * PIXEL) + GAP;
    let (width, height) = (GAP + side * titles.len(), GAP + TITLE + side * rows.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" shape-rendering=\"crispEdges\" \
         font-family=\"sans-serif\" font-size=\"13\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    );
    for (column, title) in titles.iter().enumerate() {
        let middle = GAP + column * side + (side - GAP) / 2;
        let _ = write!(svg, "<text x=\"{middle}\" y=\"{TITLE}\" text-anchor=\"middle\">{title}</text>");
    }
    for (row, tiles) in rows.iter().enumerate() {
        for (column, tile) in tiles.iter().enumerate() {
            draw(&mut svg, tile, GAP + column * side, GAP + TITLE + row * side);
        }
    }
    svg + "</svg>\n"
}

/// One rectangle for neighbours of one colour.
fn draw(svg: &mut String, tile: &Tile, left: usize, top: usize) {
    for (row, pixels) in tile.iter().enumerate() {
        let mut start = 0;
        for run in pixels.chunk_by(|a, b| a == b) {
            let (x, y, width, [r, g, b]) = (left + start * PIXEL, top + row * PIXEL, run.len() * PIXEL, run[0]);
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{PIXEL}\" fill=\"#{r:02x}{g:02x}{b:02x}\"/>"
            );
            start += run.len();
        }
    }
}
