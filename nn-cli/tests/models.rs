//! Real models, each with its test vectors, in folders of the form that `nn check` reads. They are no part of the project: the
//! environment variable `NN_MODELS` names the folder that they are in.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Folders of models, and the file in each that has to be within its tolerance.
const FILES: &[(&str, &str)] = &[
    ("godot_3dlander", "3dlander.onnx"),
    ("yunet_n_320", "yunet_n_320.onnx"),
    ("silero_vad", "silero_vad.onnx"),
    ("silero_vad", "alt_silero_vad_op18_ifless.onnx"),
    ("dtln_1", "dtln_1.onnx"),
    ("gtcrn", "gtcrn_simple.onnx"),
    ("gtcrn", "alt_gtcrn_unsimplified.onnx"),
    ("basic_pitch", "nmp.onnx"),
    ("prisma_seg", "prisma_nchw.onnx"),
    ("ppocr4_rec", "ch_PP-OCRv4_rec_infer.onnx"),
    ("basic_pitch", "alt_nmp.tflite"),
    ("dtln_1", "alt_dtln_1.tflite"),
    ("mlperf_kws", "kws_ref_model.tflite"),
    ("mlperf_vww", "vww_96_float.tflite"),
    ("prisma_seg", "alt_prisma_net.tflite"),
];

#[test]
fn files_are_within_their_tolerance() {
    let Some(folder) = env::var_os("NN_MODELS").map(PathBuf::from) else {
        println!("skipped: the environment variable NN_MODELS does not name a folder of models");
        return;
    };
    for (name, file) in FILES {
        let output =
            Command::new(env!("CARGO_BIN_EXE_nn")).arg("check").arg(folder.join(name)).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(&format!("/{file} case "))).collect();
        assert!(!lines.is_empty(), "{name}: {text}");
        let is_fine = |line: &&str| !line.contains("OFF by") && !line.contains("FAILED");
        assert!(lines.iter().all(is_fine), "{}", lines.join("\n"));
    }
}
