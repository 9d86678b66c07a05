"""Figures derived from the files by the rules as the guide words them, and nothing of Suki's: what the imports are compared with."""
import csv
import gzip
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def cents(text):
    """Half up to the cent, each figure by itself."""
    return int((Decimal(text) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def half_up(value):
    return int(value + Fraction(1, 2)) if value >= 0 else -half_up(-value)


def allocate(total, weights):
    """Largest remainders, ties to the lower index."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def months_before(day, months):
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def months_after(day, months):
    return months_before(day, -months)


def level_history(figures, steps, months, joined, until, one_step):
    """Day by day: `figures` is the amount of each day; steps are (name, from, keep months, grace days)."""
    level, keep_until, grace_until = 0, joined, None
    history = [(joined, steps[0][0])]
    days = sorted(figures)
    day = joined
    while day <= until:
        since = months_before(day, months)
        figure = sum(figures[d] for d in days if since < d <= day)
        due = max(i for i, step in enumerate(steps) if figure >= step[1])
        if due > level:
            level, keep_until, grace_until = due, months_after(day, steps[due][2]), None
            history.append((day, steps[level][0]))
        elif due == level:
            grace_until = None
        elif day >= keep_until:
            if grace_until is None:
                grace_until = day + timedelta(days=steps[level][3])
            if day >= grace_until:
                level = level - 1 if one_step else due
                keep_until = months_after(day, steps[level][2])
                grace_until = None
                history.append((day, steps[level][0]))
                # What is not earned either falls on from here, after its own keep and grace.
                if day >= keep_until and due < level:
                    grace_until = day + timedelta(days=steps[level][3])
        day += timedelta(days=1)
    return history


def cdnow(path):
    """Per customer: points, money paid, and what was paid on which day."""
    rows = list(csv.DictReader(open(path, newline="")))
    customers = defaultdict(list)
    for number, row in enumerate(rows, start=1):
        customers[row["customer_id"]].append((row["date"], f"{row['customer_id']}-{number}", cents(row["sales"])))
    result = {}
    for customer, purchases in customers.items():
        spent = defaultdict(int)
        points = paid_sum = 0
        for day_text, _, amount in sorted(purchases):
            day = date.fromisoformat(day_text)
            window = sum(v for d, v in spent.items() if day - timedelta(days=89) <= d <= day)
            rate = Fraction(10, 100) if window >= 20000 else Fraction(5, 100) if window >= 5000 else Fraction(0)
            paid = amount - half_up(amount * rate)
            points += paid * (2 if day.weekday() >= 5 else 1) // 100
            spent[day] += paid
            paid_sum += paid
        result[customer] = {"points": points, "paid": paid_sum, "spent": dict(spent), "receipts": len(purchases)}
    return result


def journey(transactions, products):
    departments = {}
    for row in csv.DictReader(gzip.open(products, "rt", newline="")):
        sku = row["product_id"].removesuffix(".0")
        parts = [p.strip() for field in ("department", "product_category", "product_type") for p in row[field].replace(">", "/").split("/")]
        departments[sku] = [p for p in parts if p]
    baskets = {}
    skipped = rejected = 0
    for row in csv.DictReader(gzip.open(transactions, "rt", newline="")):
        amount = cents(row["sales_value"]) + cents(row["retail_disc"])
        quantity = int(row["quantity"])
        if quantity == 0 and amount == 0:
            skipped += 1
            continue
        if quantity <= 0 or amount < 0:
            rejected += 1
            continue
        key = row["basket_id"].removesuffix(".0")
        basket = baskets.setdefault((row["household_id"], key), {"at": row["transaction_timestamp"], "store": row["store_id"], "lines": []})
        if not basket["lines"]:
            basket["store"] = row["store_id"]
        basket["at"] = min(basket["at"], row["transaction_timestamp"])
        basket["lines"].append((row["product_id"].removesuffix(".0"), quantity, amount, cents(row["retail_disc"])))
    households = defaultdict(list)
    for (household, key), basket in baskets.items():
        households[household].append((datetime.fromisoformat(basket["at"]).replace(microsecond=0), key, basket))
    result = {}
    for household, bought in households.items():
        spent, visits = defaultdict(int), defaultdict(int)
        points = paid_sum = 0
        for at, _, basket in sorted(bought, key=lambda b: (b[0], b[1])):
            day = at.date()
            lines = basket["lines"]
            amounts = [line[2] for line in lines]
            window = sum(v for d, v in spent.items() if day - timedelta(days=29) <= d <= day)
            rate = Fraction(4, 100) if window >= 6000 else Fraction(2, 100) if window >= 2000 else Fraction(0)
            shares = allocate(half_up(sum(amounts) * rate), amounts)
            paid = [max(0, a - s - line[3]) for a, s, line in zip(amounts, shares, lines)]
            exact = Fraction(0)
            for value, line in zip(paid, lines):
                factor = 1 + (1 if day.weekday() == 1 else 0) + (2 if in_category(departments.get(line[0], []), ["MEAT"]) else 0)
                exact += Fraction(value * factor, 100)
            milk = sum(line[1] for line in lines if in_category(departments.get(line[0], []), ["FLUID MILK PRODUCTS"]))
            if milk >= 2:
                exact += 3 * milk
            if basket["store"] in ("367", "406") and sum(amounts) >= 500:
                exact += 10
            points += int(exact)
            spent[day] += sum(paid)
            visits[day] = 1
            paid_sum += sum(paid)
        result[household] = {"points": points, "paid": paid_sum, "visits": dict(visits), "receipts": len(bought)}
    return result, skipped, rejected


def in_category(path, wanted):
    n = len(wanted)
    return any(path[i : i + n] == wanted for i in range(len(path) - n + 1))
