//! The numbers of which the functions are made, for each element type.

use fearless_simd::SimdFloatElement;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// What the functions of this module need to know of an element type. Only `f32` and `f64` have it.
///
/// The polynomials are minimax fits (Remez, 60 digits, then rounded), each over the reduced range and weighted so
/// that the relative error of the function itself is the same everywhere.
pub trait Coefficients: sealed::Sealed + SimdFloatElement + 'static {
    /// The number of stored bits of the significand.
    const SIGNIFICAND_BITS: u32;
    /// A mask over them.
    const SIGNIFICAND: Self::Bits;
    /// `1.5·2^SIGNIFICAND_BITS`: adding it rounds to an integer.
    const ROUND: Self;
    /// The same plus the bias of the exponent: adding it leaves a biased exponent in the low bits.
    const ROUND_BIASED: Self;
    /// 64 more than that.
    const ROUND_BIASED_64: Self;
    /// `2^-64`.
    const POWER_OF_MINUS_64: Self;
    /// `2^SIGNIFICAND_BITS` as bits: an integer put in its low bits becomes a number.
    const INTEGER: Self::Bits;
    /// `2^SIGNIFICAND_BITS` plus the bias of the exponent.
    const INTEGER_BIASED: Self;
    /// `√½` as bits.
    const SQRT_HALF: Self::Bits;
    /// `1` as bits less `√½` as bits.
    const SQRT_HALF_TO_ONE: Self::Bits;

    /// One quarter.
    const QUARTER: Self;
    /// Three.
    const THREE: Self;
    /// Four.
    const FOUR: Self;
    /// `2 / π`.
    const FRAC_2_PI: Self;
    /// `½ π` in pieces, all but the last of which have so few bits that their products with a number of quarters are exact.
    const FRAC_PI_2: &'static [Self];
    /// `(sin(r) - r) / r³` for `|r| ≤ ¼ π`, in `r²`.
    const SIN: &'static [Self];
    /// `(cos(r) - 1 + ½ r²) / r⁴`, likewise.
    const COS: &'static [Self];

    /// One half.
    const HALF: Self;
    /// Two.
    const TWO: Self;
    /// `1 / ln 2`.
    const LOG2_E: Self;
    /// `ln 2`.
    const LN_2: Self;
    /// `ln 2` with so many trailing zeros that its product with an exponent is exact.
    const LN_2_HIGH: Self;
    /// The rest of `ln 2`.
    const LN_2_LOW: Self;
    /// `(exp(r) - 1 - r) / r²` for `|r| ≤ ½ ln 2`, in `r`.
    const EXP: &'static [Self];
    /// Below it `exp` is nought, above the other one infinite.
    const EXP_RANGE: [Self; 2];
    /// Below it `expm1` is -1.
    const EXPM1_LOW: Self;
    /// Where `tanh` is one half, about.
    const TANH_HALF: Self;
    /// `2x / ln 2`, an integer, from where on `tanh(x)` is one.
    const TANH_TURNS: Self;
    /// `(exp(2r) - 1 - 2r) / 2r²` for `|r| ≤ ¼ ln 2`, in `r`.
    const TANH: &'static [Self];

    /// The smallest normal number.
    const SMALLEST_NORMAL: Self;
    /// A power of two that makes every subnormal number normal.
    const NORMALISE: Self;
    /// Its exponent, negated.
    const NORMALISE_EXPONENT: Self;
    /// `(ln((1 + s) / (1 - s)) - 2s) / s³` for `1 + s` over `1 - s` between `√½` and `√2`, in `s²`.
    const LN: &'static [Self];

    /// `erf(x) / x - 1` for `|x| ≤ 1`, in `x²`.
    const ERF: &'static [Self];
    /// `-ln(1 - erf(x))` for `x` from 1 to `ERF_ONE`, in `x - 2`.
    const ERF_TAIL: &'static [Self];
    /// From here on `erf` is 1.
    const ERF_ONE: Self;
    /// `√½`.
    const FRAC_1_SQRT_2: Self;
    /// `(Φ(x) - ½) / x` up to the first of `CDF_RANGE`, in `x²`; none where `Φ` is made of `erf`.
    const CDF_NEAR: &'static [Self];
    /// `Φ(x) - ½` from there on, in `x` less the second: one half at the third, with and without fused multiply-add.
    const CDF_FAR: &'static [Self];
    /// Where the polynomials meet, the middle of the second one's range, its end.
    const CDF_RANGE: [Self; 3];
}

impl Coefficients for f32 {
    const SIGNIFICAND_BITS: u32 = 23;
    const SIGNIFICAND: u32 = 0x007f_ffff;
    const ROUND: f32 = 12_582_912.0;
    const ROUND_BIASED: f32 = 12_582_912.0 + 127.0;
    const ROUND_BIASED_64: f32 = 12_582_912.0 + 127.0 + 64.0;
    const POWER_OF_MINUS_64: f32 = 1.0 / 18_446_744_073_709_551_616.0;
    const INTEGER: u32 = 0x4b00_0000;
    const INTEGER_BIASED: f32 = 8_388_608.0 + 127.0;
    const SQRT_HALF: u32 = 0x3f35_04f3;
    const SQRT_HALF_TO_ONE: u32 = 0x3f80_0000 - 0x3f35_04f3;

    const QUARTER: f32 = 0.25;
    const THREE: f32 = 3.0;
    const FOUR: f32 = 4.0;
    const FRAC_2_PI: f32 = core::f32::consts::FRAC_2_PI;
    const FRAC_PI_2: &'static [f32] = &[1.570_312_5, 0.000_482_559_2, 1.266_598_7e-6, 9.920_936e-10];
    const SIN: &'static [f32] = &[-0.166_666_55, 0.008_332_161, -0.000_195_152_96];
    const COS: &'static [f32] = &[0.041_666_646, -0.001_388_731_6, 2.443_315_7e-5];
    const HALF: f32 = 0.5;
    const TWO: f32 = 2.0;
    const LOG2_E: f32 = core::f32::consts::LOG2_E;
    const LN_2: f32 = core::f32::consts::LN_2;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const EXP: &'static [f32] = &[0.499_999_94, 0.166_665_12, 0.041_668_486, 0.008_369_816, 0.001_381_285_6];
    const EXP_RANGE: [f32; 2] = [-105.0, 89.0];
    const EXPM1_LOW: f32 = -20.0;
    const TANH_HALF: f32 = 0.55;
    const TANH_TURNS: f32 = 29.0;
    const TANH: &'static [f32] = &[1.0, 0.666_661_74, 0.333_330_27, 0.133_864_94, 0.044_628_49];

    const SMALLEST_NORMAL: f32 = f32::MIN_POSITIVE;
    const NORMALISE: f32 = 16_777_216.0;
    const NORMALISE_EXPONENT: f32 = -24.0;
    const LN: &'static [f32] = &[0.666_667_76, 0.399_775_06, 0.298_728_3];

    const ERF: &'static [f32] =
        &[0.128_379_17, -0.376_126_26, 0.112_835_854, -0.026_853_815, 0.005_188_330_5, -8.010_202_4e-4, 7.853_85e-5];
    const ERF_TAIL: &'static [f32] = &[
        5.364_941,
        4.418_161,
        0.923_751,
        0.016_465_811,
        -0.003_570_519_2,
        7.302_126e-4,
        -1.377_062_7e-4,
        2.169_746_2e-5,
    ];
    const ERF_ONE: f32 = 4.0;
    const FRAC_1_SQRT_2: f32 = core::f32::consts::FRAC_1_SQRT_2;
    const CDF_NEAR: &'static [f32] =
        &[0.398_942_3, -0.066_490_34, 0.009_973_241, -0.001_186_488_5, 1.143_563_86e-4, -8.718_303e-6, 4.115_559_6e-7];
    const CDF_FAR: &'static [f32] = &[
        0.499_767_4,
        8.726_375e-4,
        -0.001_527_403_7,
        0.001_636_647_2,
        -0.001_176_388,
        5.777_318e-4,
        -1.817_714_5e-4,
        2.232_630_1e-5,
        1.082_533_9e-5,
        -6.475_720_5e-6,
        9.060_072e-7,
        2.614_800_4e-7,
        -7.442_047e-8,
    ];
    const CDF_RANGE: [f32; 3] = [1.5, 3.5, 5.5];
}

impl Coefficients for f64 {
    const SIGNIFICAND_BITS: u32 = 52;
    const SIGNIFICAND: u64 = 0x000f_ffff_ffff_ffff;
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const ROUND_BIASED: f64 = 6_755_399_441_055_744.0 + 1023.0;
    const ROUND_BIASED_64: f64 = 6_755_399_441_055_744.0 + 1023.0 + 64.0;
    const POWER_OF_MINUS_64: f64 = 1.0 / 18_446_744_073_709_551_616.0;
    const INTEGER: u64 = 0x4330_0000_0000_0000;
    const INTEGER_BIASED: f64 = 4_503_599_627_370_496.0 + 1023.0;
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const SQRT_HALF_TO_ONE: u64 = 0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd;

    const QUARTER: f64 = 0.25;
    const THREE: f64 = 3.0;
    const FOUR: f64 = 4.0;
    const FRAC_2_PI: f64 = core::f64::consts::FRAC_2_PI;
    const FRAC_PI_2: &'static [f64] = &[1.570_796_325_802_803, 9.920_935_739_593_517e-10, 5.721_188_726_109_832e-18];
    const SIN: &'static [f64] = &[
        -0.166_666_666_666_666_3,
        0.008_333_333_333_322_118,
        -0.000_198_412_698_295_895_4,
        2.755_731_362_138_572_5e-6,
        -2.505_074_776_285_780_7e-8,
        1.589_623_015_765_465_7e-10,
    ];
    const COS: &'static [f64] = &[
        0.041_666_666_666_666_595,
        -0.001_388_888_888_887_305_6,
        2.480_158_728_885_170_5e-5,
        -2.755_731_417_929_674e-7,
        2.087_570_084_197_473e-9,
        -1.135_853_652_138_768_2e-11,
    ];
    const HALF: f64 = 0.5;
    const TWO: f64 = 2.0;
    const LOG2_E: f64 = core::f64::consts::LOG2_E;
    const LN_2: f64 = core::f64::consts::LN_2;
    const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const EXP: &'static [f64] = &[
        0.5,
        0.166_666_666_666_666_85,
        0.041_666_666_666_666_005,
        0.008_333_333_333_314_938,
        0.001_388_888_888_914_407_4,
        0.000_198_412_699_016_396_95,
        2.480_158_689_206_824_7e-5,
        2.755_722_956_463_809e-6,
        2.755_759_741_343_704e-7,
        2.511_389_422_248_424e-8,
        2.082_534_090_159_281e-9,
    ];
    const EXP_RANGE: [f64; 2] = [-746.0, 710.0];
    const EXPM1_LOW: f64 = -40.0;
    const TANH_HALF: f64 = 0.55;
    const TANH_TURNS: f64 = 58.0;
    const TANH: &'static [f64] = &[
        1.0,
        0.666_666_666_666_667_1,
        0.333_333_333_333_333_6,
        0.133_333_333_333_146_87,
        0.044_444_444_444_374_23,
        0.012_698_412_727_048_8,
        0.003_174_603_182_129_234_7,
        0.000_705_465_454_488_432_4,
        0.000_141_093_083_555_355_44,
        2.571_161_730_636_353e-5,
        4.285_319_346_083_032e-6,
    ];

    const SMALLEST_NORMAL: f64 = f64::MIN_POSITIVE;
    const NORMALISE: f64 = 18_014_398_509_481_984.0;
    const NORMALISE_EXPONENT: f64 = -54.0;
    const LN: &'static [f64] = &[
        0.666_666_666_666_673_4,
        0.399_999_999_994_145_3,
        0.285_714_287_425_823_1,
        0.222_221_985_389_609_88,
        0.181_835_667_656_580_5,
        0.153_139_727_902_569_88,
        0.147_968_685_587_076_93,
    ];

    const ERF: &'static [f64] = &[
        0.128_379_167_095_512_6,
        -0.376_126_389_031_837_5,
        0.112_837_916_709_548_58,
        -0.026_866_170_645_072_96,
        0.005_223_977_624_781_37,
        -0.000_854_832_697_876_514_9,
        0.000_120_553_310_375_511_08,
        -1.492_559_351_872_822_6e-5,
        1.646_097_295_415_376_5e-6,
        -1.635_002_619_207_727e-7,
        1.465_788_353_091_965_3e-8,
        -1.136_567_067_182_716e-9,
        5.945_255_584_223_488e-11,
    ];
    const ERF_TAIL: &'static [f64] = &[
        5.364_941_264_616_638,
        4.418_160_805_994_417,
        0.923_750_841_823_804_4,
        0.016_465_118_136_853_505,
        -0.003_570_756_346_162_424_3,
        0.000_732_399_385_849_942_1,
        -0.000_135_309_334_613_737_23,
        2.070_643_216_266_405_8e-5,
        -1.952_194_300_341_847_5e-6,
        -2.036_417_670_084_702e-7,
        1.732_058_250_665_825_6e-7,
        -5.779_804_577_511_748_5e-8,
        1.394_975_582_613_215_2e-8,
        -2.538_499_618_092_762_5e-9,
        2.747_089_664_453_319e-10,
        4.279_768_601_476_626_5e-11,
        -3.741_521_739_511_549_6e-11,
        1.017_318_701_219_912e-11,
        -1.049_485_365_320_920_1e-12,
    ];
    const ERF_ONE: f64 = 6.0;
    const FRAC_1_SQRT_2: f64 = core::f64::consts::FRAC_1_SQRT_2;
    const CDF_NEAR: &'static [f64] = &[];
    const CDF_FAR: &'static [f64] = &[];
    const CDF_RANGE: [f64; 3] = [0.0; 3];
}
