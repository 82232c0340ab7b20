// Small files that are replaced whole: whoever reads one after a crash, at whatever point, finds
// what was there before or what was written, never a part.
#pragma once
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace wend {

// The steps of which a replacement consists, so that a test can end the world after each octet.
// Errors are one sentence.
class FileStore {
  public:
    using Outcome = std::expected<void, std::string>;

    FileStore() = default;
    FileStore(const FileStore&) = delete;
    FileStore& operator=(const FileStore&) = delete;
    FileStore(FileStore&&) = delete;
    FileStore& operator=(FileStore&&) = delete;
    virtual ~FileStore() = default;

    // Nothing: there is no such file. One over `octets_max` is an error.
    virtual std::expected<std::optional<std::string>, std::string> read(const std::string& path,
                                                                        std::size_t octets_max) = 0;
    // Makes or empties the file, readable by its owner alone, fills it and waits until the disk has
    // it.
    virtual Outcome write_and_sync(const std::string& path, std::string_view text) = 0;
    virtual Outcome rename(const std::string& from, const std::string& to) = 0;
    // Waits until the disk has the names in the folder of `path`.
    virtual Outcome sync_folder_of(const std::string& path) = 0;
};

// The files of this machine. Blocks: for small files that are written seldom.
class KernelFiles final : public FileStore {
  public:
    std::expected<std::optional<std::string>, std::string> read(const std::string& path,
                                                                std::size_t octets_max) override;
    Outcome write_and_sync(const std::string& path, std::string_view text) override;
    Outcome rename(const std::string& from, const std::string& to) override;
    Outcome sync_folder_of(const std::string& path) override;
};

// By way of `path`.new. On an error the file is as it was.
FileStore::Outcome replace_file(FileStore& files, const std::string& path, std::string_view text);

}  // namespace wend
