"""A kind's results as a table in Markdown: medians, and wend's share of each."""
import statistics

COLUMNS = (  # key, heading, format
    ('cpu_us', 'CPU us/query', '{:.2f}'),
    ('instructions', 'instructions', '{:.0f}'),
    ('per_second', 'answers/s', '{:.0f}'),
    ('could', 'answers/s of whole cores', '{:.0f}'),
    ('calm', 'calm/s', '{:.0f}'),
    ('kept', 'kept', '{:.3f}'),
    ('kept_known', 'kept, cached', '{:.3f}'),
    ('kept_fresh', 'kept, new names', '{:.3f}'),
    ('p50_us', 'p50 us', '{:.0f}'),
    ('p99_us', 'p99 us', '{:.0f}'),
    ('p999_us', 'p99.9 us', '{:.0f}'),
    ('upstream', 'upstream/question', '{:.3f}'),
    ('octets', 'resident octets/name', '{:.0f}'),
    ('busy', 'busy', '{:.2f}'),
    ('start_ms', 'first answer ms', '{:.1f}'),
    ('resident_mib', 'resident MiB', '{:.1f}'),
    ('lost', 'lost', '{:.0f}'),
    ('failed', 'failed', '{:.0f}'),
    ('noise', 'noise', '{:.0%}'),
)


def share_text(shares):
    """The median, and between which it lay in single rounds."""
    if not shares or min(shares) == max(shares):
        return f'{shares[0]:.2f}' if shares else ''
    return f'{statistics.median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})'


def print_table(kind, rows, rounds, validating):
    columns = [column for column in (*kind.columns, *COLUMNS)
               if any(row.get(column[0]) is not None for row in rows.values())]
    share = any(row['shares'] for row in rows.values())
    print(f'\n### {kind.name}: {kind.says}\n')
    print(f'Median of {rounds} interleaved {"round" if rounds == 1 else "rounds"}, '
          f'validation {"on" if validating else "off"}.\n')
    headings = [''] + [heading for _, heading, _ in columns] + (['wend / this'] if share else [])
    print('| ' + ' | '.join(headings) + ' |')
    print('|' + '---|' + '---:|' * (len(headings) - 1))
    for name, row in rows.items():
        cells = [name]
        for key, _, form in columns:
            value = row.get(key)
            cells.append('' if value is None else form.format(value))
        if share:
            cells.append(share_text(row['shares']))
        print('| ' + ' | '.join(cells) + ' |', flush=True)
