// Writes a ZIP archive whose bytes follow from its entries alone: stored, not compressed, since zlib's output differs
// between versions of Node; every entry is dated 1980-01-01 and readable by everybody, as Lambda needs it.

import { crc32 } from "node:zlib";

const version = 20;
/** Made on Unix: the upper half of the external attributes is a file mode. */
const madeByUnix = 3 << 8;
const mode = 0o100644;
/** 1 January 1980, 00:00: the first moment that the format knows. */
const date = (1 << 5) | 1;

/** `entries`: `[name, contents]`. Returns the bytes of the archive. */
export function zipOf(entries) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, contents] of entries) {
    const bytes = Buffer.from(contents);
    const path = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    writeCommon(local, 4, path, bytes);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(madeByUnix | version, 4);
    writeCommon(central, 6, path, bytes);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    parts.push(local, path, bytes);
    directory.push(central, path);
    at += local.length + path.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

/** Version needed, flags (names in UTF-8), method 0, time, date, checksum, sizes, length of the name. */
function writeCommon(header, start, path, bytes) {
  header.writeUInt16LE(version, start);
  header.writeUInt16LE(0x0800, start + 2);
  header.writeUInt16LE(0, start + 4);
  header.writeUInt16LE(0, start + 6);
  header.writeUInt16LE(date, start + 8);
  header.writeUInt32LE(crc32(bytes), start + 10);
  header.writeUInt32LE(bytes.length, start + 14);
  header.writeUInt32LE(bytes.length, start + 18);
  header.writeUInt16LE(path.length, start + 22);
}
