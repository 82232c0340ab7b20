#!/usr/bin/env python3
"""Takes defences away, one at a time, and sees that the tests of their rows fail.

Usage: faults.py BUILD_FOLDER [ROW...]
       faults.py --places    only whether the place of each is there, once; changes nothing

Each fault changes one place in the sources; the row's tests are built and run, and the source is put
back. Prints "seen ROW" or "MISSED ROW" for each, and last "N seen, N missed"; exit 1 if any was
missed. Nothing else may use the tree or BUILD_FOLDER, which is one of meson's for it, meanwhile.
"""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = 'tests/defences/unit_defences'
SECONDS_MAX = 300

# Row, file, what stands there, what is put there instead.
FAULTS = [
    ('A1', 'transport/wire_query.cc', 'return is_datagram ? ReplyVerdict::forgery_suspected : discard();',
     'return is_datagram ? ReplyVerdict::discard : discard();'),
    ('A2', 'transport/shared_exchanges.cc', 'bit(query.recursion_desired, 0)',
     '([] { static unsigned asked = 0; return ++asked << 4; })()'),
    ('A4', 'base/random.cc', 'return std::exchange(block_[used_++], 0);',
     'return std::exchange(block_[used_++], 0) | 1;'),
    ('A5', 'transport/wire_query.cc', 'ReplyVerdict::accept : ReplyVerdict::case_lost;\n}',
     'ReplyVerdict::accept : ReplyVerdict::accept;\n}'),
    ('A7', 'resolver/upstream.cc', 'error == NetError::timeout && query.channel == Channel::udp',
     'query.channel == Channel::udp'),
    ('A8', 'transport/wire_query.cc', 'is_datagram && datagram.size() > dns::edns_payload_size', 'false'),
    ('A10', 'transport/wire_query.cc', 'if (!parse_reply(query, datagram, parsed)) {\n        return ReplyVerdict::unreadable;',
     'if (!parse_reply(query, datagram, parsed)) {\n        return ReplyVerdict::accept;'),
    ('A11', 'cache/server_memory.cc', 'count(now + lame_doubt_time)', 'count(now + lame_memory_time)'),
    ('A12', 'transport/wire_query.cc', 'ReplyVerdict::forgery_suspected : verdict;', 'verdict : verdict;'),
    ('A14', 'resolver/select.cc', 'candidate.tried.doubted ||', ''),
    ('B1', 'resolver/scrub.cc', 'accepted->chain = std::move(chain);',
     'accepted->chain = std::move(chain);\n    for (const auto& record : message.records(dns::Section::additional)) {\n'
     '        accepted->chain.rrsets.push_back(rrset_in(message, dns::Section::additional, record.owner, record.type));\n    }'),
    ('B2', 'resolver/classify.cc', '    if (data) {\n        return ResponseKind::answer;',
     '    if (referral_record(asked, message) != nullptr) {\n        return ResponseKind::referral;\n    }\n'
     '    if (data) {\n        return ResponseKind::answer;'),
    ('B3', 'resolver/scrub.cc', '!is_address(record) || !record.owner.is_subdomain_of(zone)', '!is_address(record)'),
    ('B4', 'resolver/server_filter.cc', 'if (address.is_unspecified() || names_many_hosts(address)) {\n        return false;',
     'if (address.is_unspecified() || names_many_hosts(address)) {\n        return true;'),
    ('B5', 'resolver/classify.cc', 'ns = asked.recursive ? nullptr : referral_record(asked, message)',
     'ns = referral_record(asked, message)'),
    ('B6', 'resolver/iterator.cc', 'return configured != nullptr && configured->first\n',
     'return configured != nullptr\n'),
    ('B7', 'resolver/keep.cc', 'to_delegation(referral, now, parent_expires_at)',
     'to_delegation(referral, now + std::chrono::hours(1), Instant::max())'),
    ('B8', 'resolver/keep.cc', 'to_delegation(referral, now, parent_expires_at)',
     'to_delegation(referral, now, Instant::max())'),
    ('B9', 'resolver/alias_chain.cc', 'record.type == dns::Type::dname && record.owner.is_subdomain_of(zone) &&',
     'record.type == dns::Type::dname &&'),
    ('B14', 'server/query.cc', 'if (question.qclass != dns::Class::in) {', 'if (false) {'),
    ('C1', 'resolver/zone_asker_addresses.cc', '        zone.looked_up.push_back({.name = next.name, .type = next.types[i]});\n', ''),
    ('C4', 'resolver/answer_assembly.cc', 'if (!budget.spend_alias()) {', 'if (false) {'),
    ('C5', 'resolver/alias_chain.cc', 'chain.stop = ChainStop::name_too_long;\n', '\n'),
    ('C7', 'resolver/failure_memory.cc', 'if (!failure) {\n        return std::nullopt;\n    }\n    return failure->reason;',
     'return std::nullopt;'),
    ('C8', 'server/clients/places.cc', 'room.taken > room.all / 2 && crowd.zone', 'false && crowd.zone'),
    ('C9', 'resolver/zone_quota.cc', 'if (found.under_way >= found.limit) {', 'if (false) {'),
    ('C10', 'resolver/select.cc', 'if (tried.refused || tried.tcp || (tried.bogus && !candidate.seeks_address)) {', 'if (false) {'),
    ('C11', 'server/serve.cc', 'if (!facts.recursion_desired) {', 'if (false) {'),
    ('C12', 'server/query.cc', '    if (header.qr) {', '    if (false) {'),
    ('C13', 'resolver/server_filter.cc', 'return std::ranges::none_of(never_query,\n',
     'return true || std::ranges::none_of(never_query,\n'),
    ('C14', 'resolver/failure_memory.cc', 'if (!failure) {\n        return std::nullopt;\n    }\n    return failure->reason;',
     'return std::nullopt;'),
    ('C19', 'resolver/upstream.cc', '!quest.errand.budget.spend_octets(response.message.wire_size())', 'false'),
    ('C20', 'resolver/message_rrset.cc', 'if (record.type == type && record.owner == owner) {\n            builder.add', 'if (record.type == type) {\n            builder.add'),
    ('C21', 'cache/failures.cc', 'time = failure_time_min.count();', 'time = failure_time_max.count();'),
    ('C22', 'resolver/upstream.cc', 'families_.note_reply(server.ip);\n    world_.servers.note_heard(server, zone, now);',
     'families_.note_reply(server.ip);\n    static_cast<void>(zone);'),
    ('D5', 'server/serve.cc', '    if (facts.question->qtype == dns::Type::any) {', '    if (false) {'),
    ('D9', 'resolver/validation.cc', 'retries < bogus_retries_max', 'retries < 1'),
    ('D17', 'resolver/resolver.cc', 'if (world.spans == nullptr ||', 'if (true ||'),
    ('D21', 'resolver/validation.cc', 'if (reaches_past_an_anchor(chain[i], name)) {', 'if (false) {'),
    ('D24', 'resolver/resolver.cc', '.checked_only = checked_only,', '.checked_only = false,'),
    ('D25', 'dnssec/signer_claim.cc', 'if (about.is_subdomain_of(signer) && ', 'if ('),
    ('D26', 'dnssec/proof.cc', 'return rrset.proved_by(kept).with_ttl(',
     'kept.assign(rrset.signatures().begin(), rrset.signatures().end());\n    return rrset.proved_by(kept).with_ttl('),
    ('E1', 'policy/rate_limit.cc', 'if (exempt_.allows(client)) {', 'if (true) {'),
    ('E2', 'server/serve.cc', 'waited > udp_patience', 'false'),
    ('E3', 'server/clients/client_gate.cc', 'client.channel != Channel::udp || cookie', 'cookie'),
    ('E9', 'server/query.cc', 'if (header.opcode != dns::Opcode::query) {', 'if (false) {'),
    ('E12', 'server/clients/places.cc', 'if (crowd.client >= ', 'if (false && crowd.client >= '),
    ('E13', 'policy/effort.cc', 'if (!is_pressed(now) || !has_asked_lately(clients_, now)) {', 'if (true) {'),
    ('E14', 'server/query.cc', 'header.opcode == dns::Opcode::query && is_shaped_like_a_query(datagram, header)',
     'header.opcode == dns::Opcode::query'),
    ('E16', 'server/clients/places.cc', 'std::max(room.client_min, client_free_factor * free)', 'room.client_min'),
    ('F8', 'server/query.cc', 'header.opcode == dns::Opcode::query && is_shaped_like_a_query(datagram, header)',
     'header.opcode == dns::Opcode::query'),
    ('F6', 'dns/edns.cc', 'if (options.size() < edns_options_max) {', 'if (true) {'),
    ('M9', 'resolver/keep.cc', 'if (const auto kept = cache.store(rrset, place.rank, now, place.side)) {\n        return kept;\n    }\n', ''),
]


def run(command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False,
                          timeout=SECONDS_MAX)


def is_seen(folder, row):
    """True if the row's tests fail, and the program was built."""
    built = run(['ninja', '-C', folder, PROGRAM])
    if built.returncode != 0:
        print(f'the fault of {row} does not build:\n{built.stdout[-2000:]}')
        return False
    try:
        return run([os.path.join(folder, PROGRAM), f'[{row}]']).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def check(folder, fault):
    row, path, sound, faulty = fault
    path = os.path.join(ROOT, path)
    with open(path, encoding='utf-8') as file:
        source = file.read()
    if source.count(sound) != 1:
        print(f'the place for the fault of {row} is not there, or not once')
        return False
    try:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(source.replace(sound, faulty))
        return is_seen(folder, row)
    finally:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(source)


def places():
    """The number of faults that could not be made any more."""
    lost = 0
    for row, path, there, _ in FAULTS:
        with open(os.path.join(ROOT, path)) as source:
            found = source.read().count(there)
        if found != 1:
            lost += 1
            print(f'{row}: what is to be changed stands in {path} {found} times')
    print(f'{len(FAULTS) - lost} passed, {lost} failed')
    return lost


def main(folder, rows):
    seen = missed = 0
    for fault in FAULTS:
        if rows and fault[0] not in rows:
            continue
        good = check(folder, fault)
        seen, missed = seen + good, missed + (not good)
        print(('seen   ' if good else 'MISSED ') + fault[0], flush=True)
    print(f'{seen} seen, {missed} missed')
    return missed


if __name__ == '__main__':
    if sys.argv[1:] == ['--places']:
        sys.exit(places() > 0)
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2:]) > 0)
