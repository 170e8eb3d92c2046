//! Parquet and Arrow files give the bars that are in them.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use backtest::data::{Layout, Policy};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::support::{bars, load_text, load_text_with, ohlcv, refusal_of, sound, text, time, with};

const N_HOURS: usize = 48;

/// The sound file's columns, with these times.
fn batch(times: ArrayRef) -> RecordBatch {
    let cell = |column: usize| {
        let cells = (0..N_HOURS).map(|hour| {
            let row = ohlcv(hour);
            let cell = row.split(',').nth(column).expect("five cells").to_owned();
            cell.parse::<f64>().expect("a number")
        });
        Arc::new(cells.collect::<Float64Array>()) as ArrayRef
    };
    let columns = [
        ("time", times),
        ("open", cell(0)),
        ("high", cell(1)),
        ("low", cell(2)),
        ("close", cell(3)),
        ("volume", cell(4)),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

fn parquet_of(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a schema");
    writer.write(batch).expect("memory can be written");
    writer.close().expect("memory can be written");
    bytes
}

fn arrow_file_of(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).expect("a schema");
    writer.write(batch).expect("memory can be written");
    writer.finish().expect("memory can be written");
    drop(writer);
    bytes
}

fn arrow_stream_of(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).expect("a schema");
    writer.write(batch).expect("memory can be written");
    writer.finish().expect("memory can be written");
    drop(writer);
    bytes
}

#[test]
fn every_kind_of_time_is_read() {
    let expected = load_text("BTC_USD.csv", text(&sound(N_HOURS))).expect("it is sound");
    let millis = || (0..N_HOURS).map(|hour| time(hour) * 1_000);
    let times: [ArrayRef; 4] = [
        Arc::new(millis().collect::<Int64Array>()),
        Arc::new(TimestampMillisecondArray::from_iter_values(millis())),
        Arc::new(TimestampMillisecondArray::from_iter_values(millis()).with_timezone("UTC")),
        Arc::new(StringArray::from_iter_values((0..N_HOURS).map(|hour| {
            format!("2018-01-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24)
        }))),
    ];
    for times in times {
        let batch = batch(times);
        for (name, content, layout) in [
            ("BTC_USD.parquet", parquet_of(&batch), Layout::Parquet),
            ("BTC_USD.arrow", arrow_file_of(&batch), Layout::Arrow),
            ("BTC_USD.arrows", arrow_stream_of(&batch), Layout::Arrow),
        ] {
            let loaded = load_text_with(name, content, &with(Policy::Strict)).expect("sound");
            assert_eq!(loaded.reports[0].layout, layout);
            assert_eq!(bars(&loaded), bars(&expected), "{name}");
        }
    }
}

#[test]
fn every_usual_compression_is_read() {
    let batch = batch(Arc::new((0..N_HOURS).map(time).collect::<Int64Array>()));
    let expected = load_text("BTC_USD.csv", text(&sound(N_HOURS))).expect("it is sound");
    let parquets = [
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ]
    .map(|compression| {
        let properties = WriterProperties::builder().set_compression(compression);
        let mut bytes = Vec::new();
        let writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build()));
        let mut writer = writer.expect("a schema");
        writer.write(&batch).expect("memory can be written");
        writer.close().expect("memory can be written");
        ("BTC_USD.parquet", bytes)
    });
    // The first is how pandas writes Feather files.
    let arrows = [CompressionType::LZ4_FRAME, CompressionType::ZSTD].map(|compression| {
        let options = IpcWriteOptions::default().try_with_compression(Some(compression));
        let options = options.expect("it is compiled in");
        let mut bytes = Vec::new();
        let writer = FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options);
        let mut writer = writer.expect("a schema");
        writer.write(&batch).expect("memory can be written");
        writer.finish().expect("memory can be written");
        drop(writer);
        ("BTC_USD.feather", bytes)
    });
    for (name, content) in parquets.into_iter().chain(arrows) {
        let loaded = load_text_with(name, content, &with(Policy::Strict)).expect("sound");
        assert_eq!(bars(&loaded), bars(&expected));
    }
}

#[test]
fn a_cut_file_says_so() {
    let times = (0..N_HOURS).map(time).collect::<Int64Array>();
    let batch = batch(Arc::new(times));
    for (name, content) in [
        ("BTC_USD.parquet", parquet_of(&batch)),
        ("BTC_USD.arrow", arrow_file_of(&batch)),
    ] {
        for end in [8, content.len() / 2, content.len() - 1] {
            let refusal = refusal_of(name, &content[..end]);
            assert!(refusal.contains("is not a whole"), "{refusal}");
        }
    }
}
