// One resolution in this process.
#include <string>

#include <fmt/core.h>

#include "base/scope.h"
#include "command/commands.h"
#include "command/lab.h"
#include "command/resolve_words.h"
#include "command/standard_streams.h"
#include "command/trace_json.h"
#include "config/files.h"
#include "dns/rrset.h"
#include "resolver/trace_text.h"
#include "server/answer/local_source.h"
#include "server/engine.h"
#include "server/network_stack.h"
#include "server/setup.h"
#include "server/stores.h"

namespace wend {
namespace {

// Everything of one resolution, on one loop.
class OneResolution {
  public:
    OneResolution(const Config& config, const ResolverOptions& options, const Sandbox* sandbox)
        : stores_(config, sandbox, random_),
          clock_(loop_),
          network_(loop_, clock_, random_, sandbox),
          engine_({.network = network_.top(),
                   .clock = clock_,
                   .random = random_,
                   .board = *board_,
                   .local_networks = no_networks_,
                   .busy = [this] { return clock_.busy(); }},
                  stores_,
                  make_generation({.config = config, .resolver = options}, stores_, wall_time_now(),
                                  random_),
                  nullptr),
          local_(engine_.guarded(), engine_.local_zones(), clock_) {}

    Answer run(const dns::Question& question, const ResolveOptions& options) {
        Scope scope;
        scope.spawn(resolve(question, options));
        while (!done_ && loop_.run_once()) {
        }
        return answer_;
    }

  private:
    Task<void> resolve(dns::Question question, ResolveOptions options) {
        answer_ = co_await local_.resolve(question, options);
        done_ = true;
    }

    KernelRandom random_;
    Stores stores_;
    UvLoop loop_;
    UvClock clock_;
    NetworkStack network_;
    std::unique_ptr<WorkerBoard> board_ = std::make_unique<WorkerBoard>();
    LocalNetworks::Seen no_networks_;
    Engine engine_;
    LocalSource local_;
    Answer answer_;
    bool done_ = false;
};

void print(const Answer& answer, bool validated) {
    put(stdout, fmt::format("{}\n", heading(answer, validated)));
    for (const dns::RRset& rrset : answer.answer) {
        put(stdout, fmt::format("{}", to_text(rrset)));
    }
    for (const dns::RRset& rrset : answer.authority) {
        if (answer.answer.empty() || rrset.type() == dns::Type::soa) {
            put(stdout, fmt::format("{}", to_text(rrset)));
        }
    }
}

}  // namespace

int resolve(const ResolveArguments& arguments) {
    const auto question = question_from_words(arguments.name, arguments.type, arguments.reverse);
    if (!question) {
        return fail(question.error());
    }
    const auto config = load_config(arguments.config);
    if (!config) {
        return fail(config.error());
    }
    const std::optional<Sandbox> lab = arguments.lab ? std::optional(lab_sandbox()) : std::nullopt;
    const Sandbox* const sandbox = lab ? &*lab : nullptr;
    const auto options = resolver_options(*config, sandbox);
    if (!options) {
        return fail(options.error());
    }
    TextTrace text([](const std::string& line) { put(stdout, fmt::format("{}\n", line)); });
    JsonTrace json;
    ResolveOptions how{.checking_disabled = arguments.checking_disabled};
    if (arguments.json) {
        how.sink = &json;
    } else if (arguments.trace) {
        how.sink = &text;
    }
    OneResolution resolution(*config, *options, sandbox);
    const Answer answer = resolution.run(*question, how);
    if (arguments.json) {
        put(stdout, fmt::format("{}\n", json.finish(*question, answer)));
    } else {
        print(answer, config->dnssec.validate && !arguments.checking_disabled);
    }
    const bool answered =
        answer.rcode == dns::Rcode::noerror || answer.rcode == dns::Rcode::nxdomain;
    return answered ? exit_done : exit_no;
}

}  // namespace wend
