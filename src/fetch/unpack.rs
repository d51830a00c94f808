//! A body, unpacked piece by piece, so that a small one cannot become a large one before anybody looks.

use std::io::{self, Write};

use brotli::DecompressorWriter;
use flate2::write::MultiGzDecoder;

/// A body this small may unpack to any multiple of its size: there is nothing to win.
const SMALL: usize = 1024 * 1024;
/// Working memory of the brotli decoder.
const BROTLI_BUFFER: usize = 4096;

/// How a body is packed (RFC 9110 §8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
    Brotli,
}

impl Packing {
    /// Reads a Content-Encoding; the error is the name of what was not asked for.
    pub(super) fn parse(header: &str) -> Result<Self, String> {
        let mut parts = header
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty() && !part.eq_ignore_ascii_case("identity"));
        match (parts.next(), parts.next()) {
            (None, _) => Ok(Self::None),
            (Some(one), None) => match one.to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => Ok(Self::Gzip),
                "br" => Ok(Self::Brotli),
                _ => Err(one.to_owned()),
            },
            _ => Err(header.to_owned()),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Gzip => "gzip",
            Self::Brotli => "brotli",
        }
    }
}

/// What a body may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub bytes: usize,
    pub ratio: usize,
}

/// Why a body was not unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overflow {
    /// More bytes than the limit.
    Bytes,
    /// More times its size than the limit.
    Ratio,
    /// Not what it says it is, or cut short.
    Damaged,
}

/// Takes pieces, keeps what they unpack to.
pub(super) enum Unpacker {
    Plain(Kept),
    Gzip(Box<MultiGzDecoder<Kept>>),
    Brotli(Box<DecompressorWriter<Kept>>),
}

impl Unpacker {
    /// For a body that says to be `length` bytes long, packed.
    pub(super) fn new(packing: Packing, limits: Limits, length: Option<u64>) -> Self {
        // Room is taken at once, but not so much that a false word costs anything.
        let room = length.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let bytes = Vec::with_capacity(room.min(limits.bytes).min(SMALL));
        let kept = Kept { bytes, fed: 0, limits, overflow: None };
        match packing {
            Packing::None => Self::Plain(kept),
            Packing::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(kept))),
            Packing::Brotli => Self::Brotli(Box::new(DecompressorWriter::new(kept, BROTLI_BUFFER))),
        }
    }

    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), Overflow> {
        self.kept().fed += piece.len();
        if self.kept().fed > self.kept().limits.bytes {
            return Err(Overflow::Bytes);
        }
        let written = match self {
            Self::Plain(kept) => kept.write_all(piece),
            Self::Gzip(decoder) => decoder.write_all(piece),
            Self::Brotli(decoder) => decoder.write_all(piece),
        };
        written.map_err(|_| self.kept().overflow.unwrap_or(Overflow::Damaged))
    }

    /// What has come so far, where the rest is not wanted.
    pub(super) fn so_far(mut self) -> Vec<u8> {
        std::mem::take(&mut self.kept().bytes)
    }

    /// The whole body.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Overflow> {
        // A server that promises gzip and sends nothing means nothing.
        if self.kept().fed == 0 {
            return Ok(Vec::new());
        }
        let ended = match &mut self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(decoder) => decoder.try_finish(),
            Self::Brotli(decoder) => decoder.close(),
        };
        match ended {
            Ok(()) => Ok(std::mem::take(&mut self.kept().bytes)),
            Err(_) => Err(self.kept().overflow.unwrap_or(Overflow::Damaged)),
        }
    }

    fn kept(&mut self) -> &mut Kept {
        match self {
            Self::Plain(kept) => kept,
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Brotli(decoder) => decoder.get_mut(),
        }
    }
}

/// Unpacked bytes, no more of them than allowed.
pub(super) struct Kept {
    bytes: Vec<u8>,
    /// Packed bytes that they came from.
    fed: usize,
    limits: Limits,
    overflow: Option<Overflow>,
}

impl Write for Kept {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let length = self.bytes.len() + piece.len();
        if length > self.limits.bytes {
            self.overflow = Some(Overflow::Bytes);
        } else if length > SMALL && length / self.fed.max(1) > self.limits.ratio {
            self.overflow = Some(Overflow::Ratio);
        }
        if self.overflow.is_some() {
            return Err(io::Error::other("more than allowed"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const LIMITS: Limits = Limits { bytes: 8 * 1024 * 1024, ratio: 200 };

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packing: Packing, bytes: &[u8], limits: Limits) -> Result<Vec<u8>, Overflow> {
        let mut unpacker = Unpacker::new(packing, limits, None);
        for piece in bytes.chunks(7) {
            unpacker.push(piece)?;
        }
        unpacker.finish()
    }

    #[test]
    fn a_packed_body_comes_out_as_it_was() {
        let text = "Harbour notes. ".repeat(999);
        let packed = gzipped(text.as_bytes());
        assert_eq!(unpack(Packing::Gzip, &packed, LIMITS).unwrap(), text.as_bytes());
        let twice = [gzipped(b"one "), gzipped(b"two")].concat();
        assert_eq!(unpack(Packing::Gzip, &twice, LIMITS).unwrap(), b"one two", "RFC 1952 §2.2");
        let mut packed = Vec::new();
        brotli::BrotliCompress(
            &mut text.as_bytes(),
            &mut packed,
            &brotli::enc::BrotliEncoderParams::default(),
        )
        .unwrap();
        assert_eq!(unpack(Packing::Brotli, &packed, LIMITS).unwrap(), text.as_bytes());
    }

    #[test]
    fn room_for_a_body_is_taken_at_once_but_not_for_one_that_cannot_come() {
        let room = |length| {
            let mut unpacker = Unpacker::new(Packing::None, LIMITS, length);
            unpacker.push(b"planks").unwrap();
            unpacker.finish().unwrap().capacity()
        };
        assert_eq!(room(Some(5_000)), 5_000);
        assert_eq!(room(Some(u64::MAX)), SMALL);
        assert!(room(None) < 100);
    }

    #[test]
    fn a_body_that_is_cut_short_or_not_packed_at_all_is_damaged() {
        let packed = gzipped("Harbour notes. ".repeat(999).as_bytes());
        let half = &packed[..packed.len() / 2];
        assert_eq!(unpack(Packing::Gzip, half, LIMITS), Err(Overflow::Damaged));
        assert_eq!(unpack(Packing::Gzip, b"<p>plain</p>", LIMITS), Err(Overflow::Damaged));
        assert_eq!(unpack(Packing::Brotli, b"<p>plain</p>", LIMITS), Err(Overflow::Damaged));
    }

    #[test]
    fn a_bomb_is_stopped_by_its_ratio_and_a_large_body_by_its_size() {
        let zeros = gzipped(&vec![0; 4 * 1024 * 1024]);
        assert_eq!(unpack(Packing::Gzip, &zeros, LIMITS), Err(Overflow::Ratio));
        let patient = Limits { ratio: usize::MAX, bytes: 2 * 1024 * 1024 };
        assert_eq!(unpack(Packing::Gzip, &zeros, patient), Err(Overflow::Bytes));
        assert_eq!(
            unpack(Packing::None, &[0; 10], Limits { bytes: 9, ratio: 1 }),
            Err(Overflow::Bytes)
        );
    }

    #[test]
    fn what_was_not_asked_for_is_named() {
        assert_eq!(Packing::parse("zstd"), Err("zstd".into()));
        assert_eq!(Packing::parse("gzip, gzip"), Err("gzip, gzip".into()));
        assert_eq!(Packing::parse("identity, X-GZip"), Ok(Packing::Gzip));
    }
}
