//! What the cases of Keras do not show: mistakes and what is left of them, saving, and data of many forms.

use nn_core::{Tensor1, Tensor2};
use nn_preprocessing::utils::{Format, WordVectors};
use nn_preprocessing::{
    Array, CategoryEncoding, CategoryEncodingOptions, Discretization, DiscretizationOptions, Hashing, HashingOptions,
    IntegerLookup, IntegerLookupOptions, Ngrams, Normalization, NormalizationOptions, OutputMode, PreprocessingError,
    Result, Split, StringLookup, StringLookupOptions, TextVectorization, TextVectorizationOptions,
};

fn message<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("this is no mistake"),
        Err(error) => error.to_string(),
    }
}

fn strings(options: StringLookupOptions) -> Result<StringLookup> {
    StringLookup::new(options)
}

fn terms(terms: &[&str]) -> Option<Vec<String>> {
    Some(terms.iter().map(|term| term.to_string()).collect())
}

#[test]
fn a_vocabulary_that_cannot_be_one_leaves_the_old_one() {
    let mut layer = StringLookup::default();
    assert_eq!(layer.vocabulary(), ["[UNK]"]);
    assert!(matches!(layer.transform::<u32>("a"), Err(PreprocessingError::NotAdapted { what: "vocabulary", .. })));
    layer.adapt(&["a", "b", "b"]).expect("data");
    let none: [&str; 0] = [];
    assert_eq!(
        message(layer.adapt(&none)),
        "a vocabulary of `StringLookup` must have at least one token, but there are no data"
    );
    assert!(message(layer.adapt("[UNK]")).ends_with("there are no tokens in the data"));
    assert_eq!(
        message(layer.set_vocabulary(&["x", "y", "x"], None)),
        "a vocabulary of `StringLookup` must have each term once, but `x` is there twice"
    );
    assert!(layer.set_vocabulary(&none, None).is_err());
    assert!(layer.set_vocabulary(&["x"], Some(&[1.0])).is_err());
    assert_eq!(layer.vocabulary(), ["[UNK]", "b", "a"]);
    layer.set_vocabulary(&["[UNK]", "x"], None).expect("a vocabulary");
    assert_eq!((layer.vocabulary(), layer.terms()), (vec!["[UNK]", "x"], vec!["x"]));
    // What was set can be learned anew, what was given cannot.
    layer.adapt(&["z"]).expect("data");
    let mut given = StringLookup::with_vocabulary(&["a"]).expect("a vocabulary");
    assert_eq!(
        message(given.adapt(&["z"])),
        "`StringLookup` was given its vocabulary: there is nothing to learn from data"
    );
    assert_eq!(given.vocabulary(), ["[UNK]", "a"]);
}

#[test]
fn options_that_contradict_each_other() {
    let of = |options| message(strings(options));
    let default = StringLookupOptions::default;
    assert_eq!(
        of(StringLookupOptions { max_tokens: Some(3), num_oov_indices: 3, ..default() }),
        "`max_tokens` of `StringLookup` is 3, but must be at least 4, with 3 special tokens"
    );
    assert!(of(StringLookupOptions { pad_to_max_tokens: true, ..default() }).starts_with("`max_tokens` of"));
    assert!(of(StringLookupOptions { invert: true, output_mode: OutputMode::Count, ..default() }).contains("`count`"));
    assert!(of(StringLookupOptions { idf_weights: Some(vec![1.0]), ..default() }).contains("without a `vocabulary`"));
    let tf_idf = StringLookupOptions { output_mode: OutputMode::TfIdf, vocabulary: terms(&["a", "b"]), ..default() };
    assert!(of(tf_idf.clone()).contains("`idf_weights`"));
    assert!(of(StringLookupOptions { idf_weights: Some(vec![1.0]), ..tf_idf }).contains("is 1 weights"));
    let masked = StringLookupOptions { mask_token: Some("a".into()), vocabulary: terms(&["b", "a"]), ..default() };
    assert!(of(masked).contains("the mask token `a` is term 1"));
    let inverted = StringLookupOptions { invert: true, vocabulary: terms(&["b", "[UNK]"]), ..default() };
    assert!(of(inverted).contains("`[UNK]` of what is not in it is term 1"));
    let long = StringLookupOptions { max_tokens: Some(2), vocabulary: terms(&["b", "c"]), ..default() };
    assert!(of(long).contains("it has 3, with 1 special ones"));
    let salted = IntegerLookupOptions { salt: Some(3.into()), ..Default::default() };
    assert!(message(IntegerLookup::new(salted)).contains("`farmhash`"));
    let text = |options| message(TextVectorization::new(options));
    let default = TextVectorizationOptions::default;
    assert!(text(TextVectorizationOptions { ngrams: Some(0.into()), ..default() }).contains("from 1 to 1000"));
    assert!(text(TextVectorizationOptions { ngrams: Some(usize::MAX.into()), ..default() }).contains("from 1 to 1000"));
    assert!(text(TextVectorizationOptions { ngrams: Some(Ngrams::Of(vec![2, 0])), ..default() }).contains("from 1 on"));
    assert!(of(StringLookupOptions { num_oov_indices: usize::MAX, ..Default::default() }).contains("at most"));
    let counts = TextVectorizationOptions { output_mode: OutputMode::Count, ..default() };
    assert!(text(TextVectorizationOptions { output_sequence_length: Some(3), ..counts.clone() }).contains("`count`"));
    assert!(text(TextVectorizationOptions { ragged: true, ..counts }).contains("`ragged`"));
    assert!(CategoryEncoding::new(0).is_err() && Hashing::new(0).is_err());
    assert!(CategoryEncoding::with(CategoryEncodingOptions { num_tokens: 3, output_mode: OutputMode::Int }).is_err());
    let both = DiscretizationOptions { bin_boundaries: Some(vec![1.0]), num_bins: Some(2), ..Default::default() };
    assert!(Discretization::new(both).is_err() && Discretization::new(DiscretizationOptions::default()).is_err());
    assert!(
        Discretization::with_boundaries(&[1.0, 0.0]).is_err()
            && Discretization::with_boundaries(&[f32::NAN, 0.0]).is_err()
    );
    let exact = DiscretizationOptions { num_bins: Some(2), epsilon: 0.0, ..Default::default() };
    assert!(Discretization::new(exact).is_err());
    let half = NormalizationOptions { mean: Some(1.0.into()), ..Default::default() };
    assert!(message(Normalization::new(half)).contains("`variance`"));
}

#[test]
fn values_and_shapes_that_layers_do_not_take() {
    let no_oov = StringLookupOptions { num_oov_indices: 0, vocabulary: terms(&["a"]), ..Default::default() };
    let layer = strings(no_oov).expect("a vocabulary");
    let words = ["a", "b", "c", "d", "e", "f", "g", "h"];
    assert_eq!(
        message(layer.transform::<u32>(&words)),
        "`StringLookup` with `num_oov_indices` of 0 takes only tokens of its vocabulary, but found `b`, `c`, `d`, `e`, `f` and 2 more"
    );
    let layer = StringLookup::with_vocabulary(&["a"]).expect("a vocabulary");
    assert_eq!(
        message(layer.transform::<u32>(&[vec!["a"], vec!["a", "a"]])),
        "`StringLookup` takes lists of one length here, but there are some of 1 and some of 2 along axis 1"
    );
    let many: Vec<i64> = (0..300).collect();
    let many = IntegerLookup::with_vocabulary(&many).expect("a vocabulary");
    assert!(message(many.transform::<u8>(&[299])).contains("`u8`"));
    assert_eq!(many.transform::<u16>(&[299]).expect("it fits").as_slice(), [300]);
    assert!(message(many.transform::<u16>(&[u64::MAX])).contains("not fit into `i64`"));
    let weights = IntegerLookupOptions {
        vocabulary: Some(vec![1]),
        idf_weights: Some(vec![0.5]),
        output_mode: OutputMode::TfIdf,
        ..Default::default()
    };
    let weights = IntegerLookup::new(weights).expect("a vocabulary");
    assert!(message(weights.transform::<u32>(&[1])).contains("a float as the type of results of `tf_idf`"));
    let counts = CategoryEncoding::with(CategoryEncodingOptions { num_tokens: 2, output_mode: OutputMode::Count });
    let counts = counts.expect("categories");
    assert!(message(counts.transform::<u8>(&[[1; 300]])).contains("counts that fit into `u8`"));
    assert_eq!(message(counts.transform::<f32>(&[2])), "`CategoryEncoding` takes integers from 0 to 1, but found 2");
    assert!(counts.transform::<f32>(&[-1]).is_err() && counts.transform::<f32>(&[f32::NAN]).is_err());
    assert!(counts.transform_weighted::<f32>(&[0, 1], &[1.0]).is_err());
    assert!(counts.transform_weighted::<u8>(&[0, 1], &[0.5, 1.0]).is_err());
    let mut words = TextVectorization::default();
    assert!(words.transform::<u32>("a").is_err() && words.samples::<[u32; 3], _, 3>(&["a"]).is_err());
    words.adapt(&["a b", "a"]).expect("texts");
    assert!(message(words.adapt(&[["a", "b"]])).contains("lists of several along the last of 2 axes"));
    assert!(words.tokens(&[[1], [2]]).is_ok() && words.lists::<u32>("a").is_ok());
    let hashing = Hashing::with(HashingOptions {
        mask_value: Some("a".into()),
        ..Hashing::new(3).expect("bins").options().clone()
    });
    let hashing = hashing.expect("bins");
    assert!(hashing.transform::<u32>(&[1, 2]).is_err() && hashing.transform::<u32>(&["a"]).is_ok());
    assert!(Hashing::new(3).expect("bins").transform::<u32>(&[f64::NAN]).is_err());
}

#[test]
fn numbers_that_cannot_be_learned_from_leave_what_was_learned() {
    let options = DiscretizationOptions { num_bins: Some(2), ..Default::default() };
    let mut bins = Discretization::new(options).expect("bins");
    assert!(bins.transform::<u32>(&[1.0]).is_err());
    bins.adapt(&[1.0, 2.0, 3.0, 4.0]).expect("numbers");
    let before = bins.bin_boundaries().map(<[f32]>::to_vec);
    let none: [f32; 0] = [];
    assert!(bins.adapt(&none).is_err() && bins.adapt(&[1.0, f32::NAN]).is_err());
    assert_eq!(bins.bin_boundaries(), before.as_deref());
    assert!(Discretization::with_boundaries(&[1.0]).expect("boundaries").adapt(&[1.0]).is_err());

    let mut layer = Normalization::default();
    assert!(layer.transform::<f32>(&[[1.0, 2.0]]).is_err());
    layer.adapt(&[[1.0, 2.0], [3.0, 6.0]]).expect("numbers");
    assert!(layer.adapt(&none).is_err() && layer.adapt(&[[1.0, f32::NAN]]).is_err());
    assert!(layer.adapt(&[vec![1.0], vec![1.0, 2.0]]).is_err() && layer.adapt(&1.0).is_err());
    assert_eq!((layer.mean(), layer.variance()), (Some(&[2.0, 4.0][..]), Some(&[1.0, 4.0][..])));
    assert!(layer.transform::<f32>(&[[1.0]]).is_err() && layer.transform::<f32>(&[[[1.0, 2.0]]]).is_err());
    assert!(layer.transform::<u8>(&[[1.0, 2.0]]).is_err());
    let mut bytes = [[1_u8, 2]];
    assert!(layer.apply(&mut bytes).is_err());
}

#[test]
fn parts_are_learned_from_as_the_whole() {
    // Enough texts for every core to count some.
    let texts: Vec<String> = (0..20_000).map(|at| format!("w{} w{} w{}", at % 7, at % 1000, at * 31 % 501)).collect();
    let of = |batch: usize| {
        let options =
            TextVectorizationOptions { output_mode: OutputMode::TfIdf, max_tokens: Some(600), ..Default::default() };
        let mut layer = TextVectorization::new(options).expect("options");
        layer.adapt_batches(texts.chunks(batch)).expect("texts");
        (
            layer.vocabulary().iter().map(|word| word.to_string()).collect::<Vec<_>>(),
            layer.idf_weights().map(<[f32]>::to_vec),
        )
    };
    assert_eq!(of(texts.len()), of(300));
    assert_eq!(of(texts.len()).0.len(), 600);

    let numbers: Vec<[f64; 2]> = (0..1000).map(|at| [f64::from(at % 13), f64::from(at * at % 101)]).collect();
    let (mut whole, mut parts) = (Normalization::default(), Normalization::default());
    whole.adapt(&numbers).expect("numbers");
    parts.adapt_batches(numbers.chunks(77)).expect("numbers");
    for (whole, parts) in [(whole.mean(), parts.mean()), (whole.variance(), parts.variance())] {
        let (whole, parts) = (whole.expect("learned"), parts.expect("learned"));
        assert!(whole.iter().zip(parts).all(|(whole, part)| (whole - part).abs() < 1e-9 * whole.abs()));
    }
    assert!(parts.adapt_batches([vec![vec![1.0, 2.0]], vec![vec![1.0]]]).is_err());
}

/// What Keras 3.15 learns of two batches, one after the other.
#[test]
fn bins_of_batches_are_those_of_keras() {
    let batch = |count: u32, step: u32, below: u32, by: f64| -> Vec<f32> {
        (0..count).map(|at| (f64::from(at * step % below) / by) as f32).collect()
    };
    let batches = [batch(300, 37, 101, 7.0), batch(211, 31, 97, 5.0)];
    let known: [(usize, f64, &[f32]); 3] = [
        (5, 0.01, &[3.116_179_7, 6.406_274_3, 9.603_788, 12.808_184]),
        (7, 0.1, &[2.657_143, 5.342_857, 7.165_959_4, 9.424_734, 11.670_228, 14.176_149]),
        (3, 0.3, &[5.809_288_5, 10.922_127]),
    ];
    for (num_bins, epsilon, want) in known {
        let options = DiscretizationOptions { num_bins: Some(num_bins), epsilon, ..Default::default() };
        let mut bins = Discretization::new(options).expect("bins");
        bins.adapt_batches(&batches).expect("numbers");
        assert_eq!(bins.bin_boundaries(), Some(want));
    }
}

#[test]
fn one_or_many_of_any_form() {
    let mut layer = StringLookup::default();
    layer.adapt(&vec![vec!["a".to_string()], vec!["b".to_string(), "a".to_string()]]).expect("strings");
    assert_eq!(layer.transform::<u32>("a").expect("a string").shape(), [0; 0]);
    assert_eq!(layer.transform::<u32>(&"b".to_string()).expect("a string").as_slice(), [2]);
    assert_eq!(layer.transform::<f32>(&[["a"], ["x"]]).expect("strings").shape(), [2, 1]);
    let empty: [[&str; 0]; 2] = [[], []];
    assert_eq!(layer.transform::<u32>(&empty).expect("no strings").shape(), [2, 0]);
    let none: Vec<Vec<&str>> = Vec::new();
    assert_eq!(layer.transform::<u32>(&none).expect("no strings").shape(), [0, 0]);
    assert_eq!(layer.tokens(&Tensor1::from([2_u32, 1, 7])).expect("ids").as_slice(), ["b", "a", "[UNK]"]);
    assert_eq!(layer.tokens(&[-1.0_f32, 1.9]).expect("ids").as_slice(), ["[UNK]", "a"]);

    let bags =
        StringLookupOptions { output_mode: OutputMode::Count, vocabulary: terms(&["a", "b"]), ..Default::default() };
    let bags = strings(bags).expect("a vocabulary");
    // Samples of different lengths, each of which becomes a row.
    let rows: Vec<[u8; 3]> =
        bags.transform(&[vec!["a", "a", "x"], vec![], vec!["b"]]).and_then(|rows| rows.samples()).expect("strings");
    assert_eq!(rows, [[1, 2, 0], [0, 0, 0], [0, 0, 1]]);
    assert!(bags.transform::<u8>("a").expect("a string").samples::<[u8; 2], 2>().is_err());

    let options =
        TextVectorizationOptions { split: Some(Split::Character), ngrams: Some(2.into()), ..Default::default() };
    let mut letters = TextVectorization::new(options).expect("options");
    letters.adapt("Äb, c").expect("a text");
    assert_eq!(letters.split("Äb, c"), ["Ä", "b", " ", "c", "Ä b", "b  ", "  c"]);
    let samples: Vec<Tensor1<4, u32>> = letters.samples(&["b", "Äb c c"]).expect("texts");
    assert_eq!(samples[0].0.iter().filter(|id| **id == 0).count(), 3);
    assert_eq!(letters.sample::<[u32; 4], _, 4>("b").expect("a text"), samples[0].0);

    let mut images: Vec<Tensor2<2, 2>> = vec![[[0.0, 1.0], [2.0, 3.0]].into(), [[4.0, 5.0], [6.0, 7.0]].into()];
    let mut layer = Normalization::new(NormalizationOptions { axis: vec![], ..Default::default() }).expect("no axis");
    layer.adapt(&images).expect("numbers");
    let (whole, mut single) = (layer.transform::<f32>(&images).expect("numbers"), images[1]);
    layer.apply(&mut images).expect("numbers");
    layer.apply(&mut single).expect("a sample");
    assert_eq!((whole.shape(), &whole.as_slice()[4..], images[1]), (&[2, 2, 2][..], single.0.as_flattened(), single));
}

#[test]
fn layers_are_what_they_were_after_saving() {
    let folder = std::env::temp_dir().join(format!("nn-preprocessing-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("words.json");
    let options =
        TextVectorizationOptions { output_mode: OutputMode::TfIdf, ngrams: Some(2.into()), ..Default::default() };
    let mut words = TextVectorization::new(options).expect("options");
    // A layer that has learned nothing can be saved as well.
    words.save(&file).expect("a file");
    assert_eq!(TextVectorization::load(&file).expect("a layer").vocabulary_size(), 1);
    words.adapt(&["a cat", "a \"dog\" ä"]).expect("texts");
    words.save(&file).expect("a file");
    let mut loaded = TextVectorization::load(&file).expect("a layer");
    let rows = |layer: &TextVectorization| layer.transform::<f32>(&["a cat", "x ä"]).expect("texts");
    assert_eq!((rows(&loaded), loaded.vocabulary()), (rows(&words), words.vocabulary()));
    loaded.adapt(&["x"]).expect("what was learned is learned anew");
    assert!(std::fs::read_dir(&folder).expect("a folder").count() == 1, "nothing is left beside the file");
    std::fs::write(&file, "a\nthe cat\r\n").expect("a file");
    assert_eq!(nn_preprocessing::read_vocabulary(&file).expect("a file"), ["a", "the cat"]);
    assert!(message(words.save(folder.join("none/words.json"))).starts_with("cannot write `"));
    assert!(message(TextVectorization::load(folder.join("none"))).starts_with("cannot read `"));
    std::fs::remove_dir_all(&folder).expect("a folder");

    let mut given = StringLookup::from_json(&StringLookup::with_vocabulary(&["a"]).expect("a vocabulary").to_json())
        .expect("a layer");
    assert!(given.adapt(&["b"]).is_err(), "what was given stays given");
    let mut numbers = Normalization::new(NormalizationOptions { axis: vec![1, 2], invert: true, ..Default::default() })
        .expect("axes");
    numbers.adapt(&[[[1.0, 2.0]], [[3.0, 5.5]]]).expect("numbers");
    let loaded = Normalization::from_json(&numbers.to_json()).expect("a layer");
    assert_eq!((loaded.mean(), loaded.variance()), (numbers.mean(), numbers.variance()));
}

/// Sizes that no memory has, and files of random bytes, are mistakes like others.
#[test]
fn whatever_comes_in_is_a_result() {
    let huge = |output_mode| TextVectorizationOptions {
        max_tokens: Some(usize::MAX),
        pad_to_max_tokens: true,
        output_mode,
        vocabulary: terms(&["a"]),
        ..Default::default()
    };
    let none: [&str; 0] = [];
    for mode in [OutputMode::Count, OutputMode::OneHot] {
        let layer = TextVectorization::new(huge(mode)).expect("options");
        assert!(layer.transform::<f32>(&["a b"]).is_err());
        assert!(layer.transform::<f32>(&none).is_ok());
    }
    let long = TextVectorizationOptions {
        output_sequence_length: Some(usize::MAX),
        vocabulary: terms(&["a"]),
        ..Default::default()
    };
    assert!(TextVectorization::new(long).expect("options").transform::<u32>(&["a"]).is_err());
    assert!(CategoryEncoding::new(usize::MAX).expect("categories").transform::<f32>(&[[1], [2]]).is_err());
    let json = StringLookup::with_vocabulary(&["a", "b"]).expect("a vocabulary").to_json();
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..2000 {
        let mut bytes = json.clone().into_bytes();
        (0..1 + random(3)).for_each(|_| bytes[random(json.len())] = b" \"{}[],:0-9a\n"[random(13)]);
        bytes.truncate(1 + random(2 * json.len()));
        let _ = StringLookup::from_json(&String::from_utf8_lossy(&bytes));
        let mut file = b"3 2\nab 0.5 1\nc \0\0\x80\x3f\0\0\0\0 d".to_vec();
        (0..random(4)).for_each(|_| file[random(8)] = random(256) as u8);
        file.truncate(random(64));
        for format in [Format::Glove, Format::Word2Vec, Format::Word2VecBinary] {
            let _ = WordVectors::read(&file[..], format, &["ab", "c", ""]);
            let _ = WordVectors::words(&file[..], format);
        }
    }
}

#[test]
fn json_that_is_no_layer() {
    let of = |text: &str| message(StringLookup::from_json(text));
    assert!(of("{").starts_with("the JSON of a `StringLookup` is not valid"));
    assert_eq!(of("3"), "the JSON of a `StringLookup` is not an object: it is something else");
    assert!(of(r#"{"class_name": "Hashing", "config": {}}"#).ends_with(r#"it is that of "Hashing""#));
    assert!(of(r#"{"class_name": "StringLookup"}"#).contains("no object `config`"));
    assert!(of(r#"{"max_token": 3}"#).contains("unknown field `max_token`, expected one of `max_tokens`"));
    assert!(of(r#"{"output_mode": "ints"}"#).contains("unknown variant `ints`"));
    assert!(of(r#"{"sparse": true}"#).contains("`sparse` can only be false"));
    assert!(of(r#"{"vocabulary": ["a", "a"]}"#).contains("twice"));
    assert!(message(Normalization::from_json(r#"{"mean": [[1], 2], "variance": 1}"#)).contains("lists of numbers"));
    // As Keras writes it.
    let keras = r#"{"name": "lookup", "trainable": true, "dtype": {"class_name": "DTypePolicy"}, "invert": false, "max_tokens": null,
        "num_oov_indices": 1, "oov_token": "[UNK]", "mask_token": null, "output_mode": "binary", "sparse": false,
        "pad_to_max_tokens": false, "idf_weights": null, "vocabulary": ["a"], "vocabulary_size": 2, "oov_method": "floormod",
        "salt": null, "encoding": "utf-8"}"#;
    let layer = StringLookup::from_json(keras).expect("a config of Keras");
    assert_eq!(layer.transform::<u32>(&["a"]).expect("a string").as_slice(), [0, 1]);
}

#[test]
fn arrays_have_as_many_elements_as_their_shape() {
    assert!(Array::new(&[2, 2], vec![1; 3]).is_err() && Array::new(&[usize::MAX, 2], vec![1; 3]).is_err());
    let array = Array::new(&[2, 0], Vec::<u32>::new()).expect("no elements");
    assert_eq!(array.rows().len(), 2);
    assert!(array.samples::<[u32; 0], 0>().is_err());
    // Elements may have axes of their own.
    let vectors = Array::new(&[2, 1], vec![[1, 2, 3], [4, 5, 6]]).expect("two elements");
    assert_eq!(
        CategoryEncoding::new(7).and_then(|layer| layer.transform::<f32>(&vectors)).expect("numbers").shape(),
        [2, 3, 7]
    );
    assert_eq!(Array::from(vec![1, 2]).rows().collect::<Vec<_>>(), [[1, 2]]);
}
