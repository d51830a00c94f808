//! Long texts as the store keeps them: packed, since all that is written is written twice, to the log and to its place.
//!
//! LZ4 takes half the time of zlib's fastest level and packs less well. A letter says which of the two a text was packed by.

use std::cell::RefCell;
use std::io::Read as _;

use flate2::read::ZlibDecoder;
use lz4_flex::block;

/// Packed by LZ4 (block format): the length of the text in eight bytes, the lowest first, then the block.
const LZ4: u8 = b'L';
/// The first byte of every zlib stream of the usual window (RFC 1950 §2.2), as documents were packed before.
const ZLIB: u8 = 0x78;
/// What LZ4 makes of one byte at most: a length is written in units of so many.
const LZ4_RATIO: usize = 255;
/// Bytes that zlib may unpack to, which tells no length before.
const ZLIB_LIMIT: u64 = 64 << 20;

/// Room that a thread keeps for the next text, in bytes.
const KEPT_ROOM: usize = 1 << 20;

thread_local! {
    /// Room for the worst case, most of which is never used: taken anew for each text, it would be cleared each time.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Packs `text`.
pub(super) fn pack(text: &str) -> Vec<u8> {
    ROOM.with_borrow_mut(|room| {
        let worst = block::get_maximum_output_size(text.len());
        if room.len() < worst {
            room.resize(worst, 0);
        }
        let length = block::compress_into(text.as_bytes(), room);
        let length = length.expect("there is room for the worst case");
        let packed = [&[LZ4][..], &(text.len() as u64).to_le_bytes(), &room[..length]].concat();
        if room.len() > KEPT_ROOM {
            *room = Vec::new();
        }
        packed
    })
}

/// What [`pack`] packed, now or in an earlier version; the error says what is wrong with it.
pub(super) fn unpack(packed: &[u8]) -> Result<String, String> {
    let bytes = match packed {
        [LZ4, rest @ ..] => {
            let (length, block) = rest.split_first_chunk().ok_or("it is cut off")?;
            let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
            // Nothing is kept ready for what cannot come.
            if length > block.len().saturating_mul(LZ4_RATIO) {
                return Err(format!("{} bytes cannot unpack to {length}", block.len()));
            }
            block::decompress(block, length).map_err(|error| error.to_string())?
        }
        [ZLIB, ..] => {
            let mut bytes = Vec::new();
            let read = ZlibDecoder::new(packed).take(ZLIB_LIMIT).read_to_end(&mut bytes);
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
        // Packed as well as anything can be.
        let same = "a".repeat(1 << 20);
        for text in ["", "a", &long, "after a long one", &same, "b"] {
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
        let huge = [&[LZ4][..], &u64::MAX.to_le_bytes(), &packed[9..]].concat();
        for damaged in [&packed[..5], &packed[..packed.len() - 1], &huge, b"", b"{}", b"\x78\x9c"] {
            assert!(unpack(damaged).is_err(), "{damaged:?}");
        }
        assert!(unpack(&huge).unwrap_err().contains("cannot unpack"));
    }
}
