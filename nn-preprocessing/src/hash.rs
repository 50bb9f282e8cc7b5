//! The hash functions that TensorFlow puts texts into buckets with: FarmHash's `Fingerprint64`, and SipHash-2-4 with
//! a key.

use std::num::Wrapping as W;

use serde::{Deserialize, Serialize};

/// The key of SipHash: two numbers, or one that is both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "SaltForm", into = "[u64; 2]")]
pub struct Salt(
    /// The two halves of the key.
    pub [u64; 2],
);

#[derive(Deserialize)]
#[serde(untagged)]
enum SaltForm {
    One(u64),
    Two([u64; 2]),
}

impl From<SaltForm> for Salt {
    fn from(form: SaltForm) -> Self {
        match form {
            SaltForm::One(salt) => salt.into(),
            SaltForm::Two(salt) => Self(salt),
        }
    }
}

impl From<u64> for Salt {
    fn from(salt: u64) -> Self {
        Self([salt; 2])
    }
}

impl From<[u64; 2]> for Salt {
    fn from(salt: [u64; 2]) -> Self {
        Self(salt)
    }
}

impl From<Salt> for [u64; 2] {
    fn from(salt: Salt) -> Self {
        salt.0
    }
}

/// The bucket of a text among `buckets`: by FarmHash, or by SipHash with a salt.
pub(crate) fn bucket(text: &[u8], buckets: usize, salt: Option<Salt>) -> usize {
    let hash = match salt {
        None => fingerprint64(text),
        Some(Salt([first, second])) => siphash24(first, second, text),
    };
    // Both fit: the remainder is below `buckets`.
    (hash % (buckets.max(1) as u64)) as usize
}

/// The eight bytes at this place.
fn eight(text: &[u8], at: usize) -> W<u64> {
    W(text.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |&bytes| u64::from_le_bytes(bytes)))
}

fn four(text: &[u8], at: usize) -> W<u64> {
    W(text.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |&bytes| u32::from_le_bytes(bytes).into()))
}

fn rotate(value: W<u64>, by: u32) -> W<u64> {
    W(value.0.rotate_right(by))
}

fn mix(value: W<u64>) -> W<u64> {
    value ^ (value >> 47)
}

fn combine(u: W<u64>, v: W<u64>, mul: W<u64>) -> W<u64> {
    mix((v ^ mix((u ^ v) * mul)) * mul) * mul
}

const K0: W<u64> = W(0xc3a5_c85c_97cb_3127);
const K1: W<u64> = W(0xb492_b66f_be98_f273);
const K2: W<u64> = W(0x9ae1_6a3b_2f90_404f);

/// FarmHash's `Fingerprint64` (Geoff Pike, <https://github.com/google/farmhash>, `farmhashna::Hash64`).
fn fingerprint64(text: &[u8]) -> u64 {
    let len = text.len();
    let (long, mul) = (W(len as u64), K2 + W(len as u64) * W(2));
    let at = |place| eight(text, place);
    let hash = match len {
        0 => K2,
        1..4 => {
            let byte = |place: usize| W(u64::from(text.get(place).copied().unwrap_or_default()));
            let (y, z) = (byte(0) + (byte(len >> 1) << 8), long + (byte(len - 1) << 2));
            mix((y * K2) ^ (z * K0)) * K2
        }
        4..8 => combine(long + (four(text, 0) << 3), four(text, len - 4), mul),
        8..=16 => {
            let (a, b) = (at(0) + K2, at(len - 8));
            combine(rotate(b, 37) * mul + a, (rotate(a, 25) + b) * mul, mul)
        }
        17..=32 => {
            let (a, b, c, d) = (at(0) * K1, at(8), at(len - 8) * mul, at(len - 16) * K2);
            combine(rotate(a + b, 43) + rotate(c, 30) + d, a + rotate(b + K2, 18) + c, mul)
        }
        33..=64 => {
            let (a, b, c, d) = (at(0) * K2, at(8), at(len - 8) * mul, at(len - 16) * K2);
            let y = rotate(a + b, 43) + rotate(c, 30) + d;
            let z = combine(y, a + rotate(b + K2, 18) + c, mul);
            let (e, f, g, h) = (at(16) * mul, at(24), (y + at(len - 32)) * mul, (z + at(len - 24)) * mul);
            combine(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, mul)
        }
        _ => long_fingerprint(text),
    };
    hash.0
}

/// Of more than 64 bytes.
fn long_fingerprint(text: &[u8]) -> W<u64> {
    let at = |place| eight(text, place);
    let weak = |place: usize, a: W<u64>, b: W<u64>| {
        let a = a + at(place);
        let b = rotate(b + a + at(place + 24), 21);
        let sum = a + at(place + 8) + at(place + 16);
        (sum + at(place + 24), b + rotate(sum, 44) + a)
    };
    let seed = W(81);
    let mut y = seed * K1 + W(113);
    let mut z = mix(y * K2 + W(113)) * K2;
    let mut x = seed * K2 + at(0);
    let (mut v, mut w) = ((W(0), W(0)), (W(0), W(0)));
    let rest = (text.len() - 1) % 64;
    let end = text.len() - 1 - rest;
    for start in (0..end).step_by(64) {
        x = rotate(x + y + v.0 + at(start + 8), 37) * K1;
        y = rotate(y + v.1 + at(start + 48), 42) * K1;
        x ^= w.1;
        y += v.0 + at(start + 40);
        z = rotate(z + w.0, 33) * K1;
        v = weak(start, v.1 * K1, x + w.0);
        w = weak(start + 32, z + w.1, y + at(start + 16));
        (z, x) = (x, z);
    }
    let mul = K1 + ((z & W(0xff)) << 1);
    let start = text.len() - 64;
    w.0 += W(rest as u64);
    v.0 += w.0;
    w.0 += v.0;
    x = rotate(x + y + v.0 + at(start + 8), 37) * mul;
    y = rotate(y + v.1 + at(start + 48), 42) * mul;
    x ^= w.1 * W(9);
    y += v.0 * W(9) + at(start + 40);
    z = rotate(z + w.0, 33) * mul;
    v = weak(start, v.1 * mul, x + w.0);
    w = weak(start + 32, z + w.1, y + at(start + 16));
    (z, x) = (x, z);
    combine(combine(v.0, w.0, mul) + mix(y) * K0 + z, combine(v.1, w.1, mul) + x, mul)
}

/// SipHash-2-4 (Aumasson and Bernstein, <https://www.131002.net/siphash/siphash.pdf>).
fn siphash24(first: u64, second: u64, text: &[u8]) -> u64 {
    fn rounds(v: &mut [u64; 4], count: usize) {
        let [mut v0, mut v1, mut v2, mut v3] = *v;
        for _ in 0..count {
            v0 = v0.wrapping_add(v1);
            v2 = v2.wrapping_add(v3);
            v1 = v1.rotate_left(13) ^ v0;
            v3 = v3.rotate_left(16) ^ v2;
            v0 = v0.rotate_left(32).wrapping_add(v3);
            v2 = v2.wrapping_add(v1);
            v1 = v1.rotate_left(17) ^ v2;
            v3 = v3.rotate_left(21) ^ v0;
            v2 = v2.rotate_left(32);
        }
        *v = [v0, v1, v2, v3];
    }
    let mut v = [
        first ^ 0x736f_6d65_7073_6575,
        second ^ 0x646f_7261_6e64_6f6d,
        first ^ 0x6c79_6765_6e65_7261,
        second ^ 0x7465_6462_7974_6573,
    ];
    let mut absorb = |word: u64| {
        v[3] ^= word;
        rounds(&mut v, 2);
        v[0] ^= word;
    };
    let (words, rest) = text.as_chunks();
    words.iter().for_each(|&word| absorb(u64::from_le_bytes(word)));
    let last = rest.iter().rev().fold(0, |last, &byte| last << 8 | u64::from(byte));
    absorb(last | (text.len() as u64) << 56);
    v[2] ^= 0xff;
    rounds(&mut v, 4);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What TensorFlow 2.x's `to_hash_bucket_fast` and `to_hash_bucket_strong(key = [3, 2^62 + 5])` give for 2^62
    /// buckets, of texts that are the alphabet over and over.
    const KNOWN: &[(usize, u64, u64)] = &[
        (0, 1936946117179621455, 4427648140042985144),
        (1, 3694432073954588131, 1100010835252925602),
        (2, 3066228220894225694, 1458976185408409728),
        (3, 2640714258260161385, 521799571452662060),
        (4, 1897425971756105985, 967936773316767537),
        (7, 4341691227789030229, 1530981687766301146),
        (8, 4533385575889643785, 2235098132367360133),
        (9, 3687479239766293058, 3957325281663794541),
        (15, 2917765375149681693, 4347539286627568775),
        (16, 1469030743107030717, 3585087780846122943),
        (17, 2171023947900359592, 913564949324951558),
        (24, 2103004859739410167, 3448883535189482336),
        (31, 2606995058227147984, 3800435585307701288),
        (32, 4582052690787775898, 2934871064616257501),
        (33, 2004761416539416594, 1186546735832459382),
        (47, 2549236531444307780, 1232856480059561263),
        (48, 589050768450758265, 1335806589977781816),
        (63, 1525447615924738974, 3554080969762436743),
        (64, 2038540033609931770, 2415821171805868440),
        (65, 2608948203458330154, 430568409198091677),
        (100, 1500850489960076514, 4047058267116213260),
        (127, 3184459357717823395, 1551883293678651616),
        (128, 226390950763841354, 885350339917403166),
        (129, 1953612634356772820, 2657663442576101510),
        (191, 2786541343825373479, 1203698225780314174),
        (192, 2631630715530494583, 3501304862806728222),
        (193, 3513998902259471211, 4250386972375805457),
        (256, 2991019704579620409, 468156724307484079),
        (300, 1389365093342485136, 28116216666670699),
    ];

    #[test]
    fn both_are_those_of_tensorflow() {
        let text: Vec<u8> = (b'a'..=b'z').cycle().take(300).collect();
        for &(len, farm, sip) in KNOWN {
            assert_eq!(bucket(&text[..len], 1 << 62, None) as u64, farm, "FarmHash of {len} bytes");
            assert_eq!(bucket(&text[..len], 1 << 62, Some([3, (1 << 62) + 5].into())) as u64, sip, "SipHash of {len}");
        }
    }
}
