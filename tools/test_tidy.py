#!/usr/bin/env python3
"""The lints can fail: each bad shape is found, and the good ones are left alone."""
import unittest

import lint_coro
import tidy

BAD = [
    'Task<int> f() { if (co_await x()) { } }',
    'Task<int> f() { switch (co_await x()) { } }',
    'Task<int> f() { auto r = co_await g({.a = 1}); }',
    'Task<int> f() { auto r = co_await g(Args{1}); }',
    'Task<int> f() { auto r = co_await g([n] { return n; }); }',
    'Task<int> f() { auto r = co_await (c ? g() : h()); }',
    'Task<int> f() { Pair p{co_await a(), co_await b()}; }',
    'Task<int> f() { auto [a, b] = co_await g(); }',
    'Task<int> f(int n = 3);',
    'Task<int> f() { use(co_await g()); }',
]
GOOD = [
    'Task<int> f() { const int r = co_await g(a, std::move(b)); co_return r; }',
    'Task<int> f() { co_await g(); r = co_await h(); co_return co_await i(); }',
    'Task<int> f() { // if (co_await x())\n co_await g(); }',
    'auto operator co_await() && noexcept;',
]


class Lints(unittest.TestCase):
    def test_bad_shapes_are_found(self):
        for text in BAD:
            self.assertTrue(lint_coro.faults(text), text)

    def test_good_shapes_are_left_alone(self):
        for text in GOOD:
            self.assertEqual([], lint_coro.faults(text), text)

    def test_a_long_function_is_found_and_a_long_class_is_not(self):
        body = '    step();\n' * 70
        self.assertEqual([(2, 72)], list(tidy.functions('\nvoid f(int a) {\n' + body + '}\n')))
        self.assertEqual([], list(tidy.functions('class A {\n' + '    int a;\n' * 70 + '};\n')))
        long_test = list(tidy.functions('TEST_CASE("x", "[y]") {\n' + body + '}\n'))
        self.assertEqual([(1, 72)], long_test)

    def test_arrows_point_one_way(self):
        self.assertTrue(list(tidy.include_faults('dns/a.cc', '#include "cache/cache.h"\n')))
        self.assertTrue(list(tidy.include_faults('resolver/a.cc', '#include "transport/uv_loop.h"\n')))
        self.assertTrue(list(tidy.include_faults('resolver/a.cc', '#include <uv.h>\n')))
        self.assertFalse(list(tidy.include_faults('resolver/a.cc', '#include "transport/network.h"\n')))


if __name__ == '__main__':
    unittest.main()
