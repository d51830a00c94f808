//! Long texts as the store keeps them: packed, since all that is written is written twice, to the log and to its place.
//!
//! LZ4 takes half the time of zlib's fastest level and packs less well. A letter says which of the two a text was packed by.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use lz4_flex::block;

/// Bytes that a text may unpack to: what is written is bounded by what fetching admits, what is read by this.
const MAX_BYTES: usize = 64 << 20;
/// Packed by LZ4 (block format): the length of the text in eight bytes, the lowest first, then the block.
const LZ4: u8 = b'L';
/// The first byte of every zlib stream of the usual window (RFC 1950 §2.2), as documents were packed before.
const ZLIB: u8 = 0x78;
/// Letter and length.
const HEAD: usize = 9;

/// Packs `text`.
pub(super) fn pack(text: &str) -> Vec<u8> {
    let mut packed = vec![0; HEAD + block::get_maximum_output_size(text.len())];
    let length = block::compress_into(text.as_bytes(), &mut packed[HEAD..]);
    let length = length.expect("there is room for the worst case");
    packed[0] = LZ4;
    packed[1..HEAD].copy_from_slice(&(text.len() as u64).to_le_bytes());
    packed.truncate(HEAD + length);
    packed.shrink_to_fit();
    packed
}

/// What [`pack`] packed, now or in an earlier version; the error says what is wrong with it.
pub(super) fn unpack(packed: &[u8]) -> Result<String, String> {
    let bytes = match packed {
        [LZ4, rest @ ..] => {
            let (length, block) = rest.split_first_chunk().ok_or("it is cut off")?;
            let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
            if length > MAX_BYTES {
                return Err(format!("it unpacks to {length} bytes, more than {MAX_BYTES}"));
            }
            block::decompress(block, length).map_err(|error| error.to_string())?
        }
        [ZLIB, ..] => {
            let mut bytes = Vec::new();
            let limit = MAX_BYTES as u64;
            let read = ZlibDecoder::new(packed).take(limit).read_to_end(&mut bytes);
            read.map_err(|error| error.to_string())?;
            bytes
        }
        _ => return Err("it is packed in no known way".into()),
    };
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_and_what_was_packed_before_too() {
        let long = "planks and 木板 ".repeat(5_000);
        for text in ["", "a", &long] {
            let packed = pack(text);
            assert!(packed.len() < text.len() / 100 + 30, "{}", packed.len());
            assert_eq!(unpack(&packed).as_deref(), Ok(text));
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            assert_eq!(unpack(&encoder.finish().unwrap()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_damaged_says_so_and_takes_no_memory() {
        let packed = pack("planks and more planks and more planks and more planks");
        let huge = [&[LZ4][..], &u64::MAX.to_le_bytes(), &packed[HEAD..]].concat();
        for damaged in [&packed[..5], &packed[..packed.len() - 1], &huge, b"", b"{}", b"\x78\x9c"] {
            assert!(unpack(damaged).is_err(), "{damaged:?}");
        }
        assert!(unpack(&huge).unwrap_err().contains("more than"));
    }
}
