//! The picture: all years above, the forecasts for the last ones below.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

/// What is drawn; the forecasts are those of the last years.
pub struct Series<'a> {
    pub years: &'a [i32],
    pub spots: &'a [f32],
    pub network: &'a [f32],
    pub linear: &'a [f32],
}

const TRUTH: RGBColor = RGBColor(60, 60, 60);
const NETWORK: RGBColor = RGBColor(200, 60, 20);
const LINEAR: RGBColor = RGBColor(30, 110, 200);

/// Writes the picture.
pub fn draw(path: &Path, series: &Series<'_>) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(path, (1100, 760)).into_drawing_area();
    area.fill(&WHITE)?;
    let (above, below) = area.split_vertically(300);
    all_years(&above, series)?;
    last_years(&below, series)?;
    area.present().map_err(|error| format!("`{}`: {error}", path.display()))?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn all_years(area: &Area<'_>, series: &Series<'_>) -> Result<(), Box<dyn Error>> {
    let (from, to) = ends(series.years);
    let held_out = series.years[series.years.len() - series.network.len()];
    let mut chart = ChartBuilder::on(area)
        .caption("Yearly mean sunspot number", ("sans-serif", 24))
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(50)
        .build_cartesian_2d(from..to, 0f32..200f32)?;
    chart.configure_mesh().disable_x_mesh().light_line_style(WHITE).draw()?;
    let part = Rectangle::new([(held_out, 0.0), (to, 200.0)], NETWORK.mix(0.08).filled());
    chart.draw_series([part])?;
    chart.draw_series(LineSeries::new(points(series.years, series.spots), TRUTH))?;
    Ok(())
}

fn last_years(area: &Area<'_>, series: &Series<'_>) -> Result<(), Box<dyn Error>> {
    let first = series.years.len() - series.network.len();
    let (years, spots) = (&series.years[first..], &series.spots[first..]);
    let (from, to) = ends(years);
    let mut chart = ChartBuilder::on(area)
        .caption("Forecast for one year, in the years that were held out", ("sans-serif", 24))
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(50)
        .build_cartesian_2d(from..to, 0f32..220f32)?;
    chart.configure_mesh().disable_x_mesh().light_line_style(WHITE).draw()?;
    let lines = [
        ("measured", TRUTH, spots),
        ("GRU", NETWORK, series.network),
        ("linear autoregression", LINEAR, series.linear),
    ];
    for (name, color, values) in lines {
        let width = if name == "measured" { 3 } else { 2 };
        chart
            .draw_series(LineSeries::new(points(years, values), color.stroke_width(width)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], color.stroke_width(width)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.9))
        .label_font(("sans-serif", 16))
        .draw()?;
    Ok(())
}

fn ends(years: &[i32]) -> (i32, i32) {
    (years.first().copied().unwrap_or(0), years.last().copied().unwrap_or(1))
}

fn points<'a>(years: &'a [i32], values: &'a [f32]) -> impl Iterator<Item = (i32, f32)> + 'a {
    years.iter().copied().zip(values.iter().copied())
}
