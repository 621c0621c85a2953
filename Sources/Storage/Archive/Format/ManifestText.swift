import Foundation

/// The manifest's file: the manifest and its own SHA-256, so that a changed figure in it is noticed.
package enum ManifestText {
    private struct Envelope: Codable {
        var manifest: ArchiveManifest
        var sha256: String
    }

    /// Only the format is read first, so that a newer one is told as such.
    private struct FormatOnly: Codable {
        struct Manifest: Codable {
            var format: Int
        }

        var manifest: Manifest
    }

    static let bytesMax = 256 << 20

    package static func write(_ manifest: ArchiveManifest) throws -> [UInt8] {
        let digest = try ContentDigest.of(canonical(manifest))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try Array(encoder.encode(Envelope(manifest: manifest, sha256: digest))) + [0x0A]
    }

    package static func read(_ bytes: [UInt8], file: String) throws(StorageError) -> ArchiveManifest {
        let decoder = JSONDecoder()
        let data = Data(bytes)
        guard let format = try? decoder.decode(FormatOnly.self, from: data).manifest.format else {
            throw damaged("the manifest is no JSON of ours", file)
        }
        guard format == ArchiveManifest.currentFormat else {
            throw StorageError(
                .archive,
                "the archive has format \(format), this program knows "
                    + "\(ArchiveManifest.currentFormat)", place: file,
                remedy: "Use the program that wrote it.")
        }
        do {
            let envelope = try decoder.decode(Envelope.self, from: data)
            guard try ContentDigest.of(canonical(envelope.manifest)) == envelope.sha256 else {
                throw damaged("the manifest is not what was written: its checksum differs", file)
            }
            return try check(envelope.manifest, file)
        } catch let error as StorageError {
            throw error
        } catch let error as DecodingError {
            throw damaged("the manifest lacks something: \(lack(error))", file)
        } catch {
            throw damaged("the manifest cannot be read", file)
        }
    }

    private static func canonical(_ manifest: ArchiveManifest) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(manifest))
    }

    /// The figures of the blocks must add up, and be such that no reader allocates without bound.
    private static func check(
        _ manifest: ArchiveManifest, _ file: String
    ) throws(StorageError) -> ArchiveManifest {
        guard manifest.blocks.count <= ArchiveManifest.blocksMax else {
            throw damaged("the manifest has \(manifest.blocks.count) blocks", file)
        }
        var offset = 0
        for (index, block) in manifest.blocks.enumerated() {
            guard block.offset == offset, block.bytes > 0, block.rows >= 0, block.rawBytes > 0,
                block.rawBytes <= ArchiveManifest.blockRawBytesMax,
                block.bytes <= ArchiveManifest.blockRawBytesMax
            else { throw damaged("block \(index + 1) of the manifest does not fit the others", file) }
            offset += block.bytes
        }
        guard offset == manifest.fileBytes, !manifest.columns.isEmpty,
            manifest.blocks.map(\.rows).reduce(0, +) == manifest.rows
        else { throw damaged("the figures of the manifest do not add up", file) }
        return manifest
    }

    private static func lack(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): key.stringValue
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.map(\.stringValue).joined(separator: ".")
        @unknown default: "unknown"
        }
    }

    private static func damaged(_ what: String, _ file: String) -> StorageError {
        StorageError(
            .damagedArchive, what, place: file,
            remedy: "Take the file from a copy or a backup; nothing was restored.")
    }
}
