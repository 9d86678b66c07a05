"""Imports real histories through the command line and compares what came of them with what derive.py says."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import date

import derive

suki, data = sys.argv[1:3]
here = os.path.dirname(os.path.abspath(__file__))
passed = failed = 0


def expect(what, got, wanted):
    global passed, failed
    if got == wanted:
        passed += 1
    else:
        failed += 1
        print(f"{what}: Suki says {got}, the file says {wanted}")


def run(*arguments, status=0):
    done = subprocess.run([suki, *arguments], capture_output=True, text=True)
    print("$ suki", " ".join(a.replace(data, "DATA") for a in arguments))
    print(done.stdout[-2000:], done.stderr[-800:], sep="")
    expect("exit code of " + arguments[0], done.returncode, status)
    return done.stdout


def figures(db):
    """Points by external id of the member, and totals of receipts."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    points = dict(connection.execute(
        "select m.external_id, coalesce(sum(w.pending + w.available + w.held - w.owed), 0) from member m "
        "left join wallet w on w.bucket = m.bucket and w.account = m.account group by 1"))
    receipts, paid = connection.execute("select count(*), sum(paid) from receipt").fetchone()
    connection.close()
    return points, receipts, paid


def level_at(db, member, day):
    text = run("statement", member, "--db", db, "--at", day.isoformat() + "T22:00:00Z")
    found = re.search(r"^level: (\w+)", text, re.M)
    return found.group(1) if found else None


def compare_members(name, db, expected):
    points, receipts, paid = figures(db)
    expect(f"{name}: receipts", receipts, sum(m["receipts"] for m in expected.values()))
    expect(f"{name}: money paid", paid, sum(m["paid"] for m in expected.values()))
    expect(f"{name}: points in all", sum(points.values()), sum(m["points"] for m in expected.values()))
    expect(f"{name}: members", len(points), len(expected))
    wrong = [m for m in expected if points.get(m, 0) != expected[m]["points"]]
    for member in wrong[:5]:
        print(f"  {name} {member}: {points.get(member)} points, the file says {expected[member]['points']}")
    expect(f"{name}: members whose points differ", len(wrong), 0)


def compare_levels(name, db, members, figure, steps, months, until, one_step):
    for member, own in members:
        history = derive.level_history(own[figure], steps, months, min(own[figure]), until, one_step)
        # The day before and the day of every change, and the end.
        for index, (day, level) in enumerate(history[1:4], start=1):
            expect(f"{name} {member} on {day}", level_at(db, member, day), level)
        expect(f"{name} {member} at the end", level_at(db, member, until), history[-1][1])


def cdnow(folder):
    path = f"{data}/cdnow/cdnow_sample_elog.csv"
    db = f"{folder}/cdnow.db"
    run("publish", f"{here}/cdnow.yaml", "--db", db)
    arguments = ["import", "receipts", path, "--db", db, "--map", "receipt={customer_id}-{#}", "--map", "member=customer_id", "--map", "at=date",
                 "--map", "amount=sales", "--rejects", f"{folder}/cdnow.rejects.csv"]
    run(*arguments)
    expected = derive.cdnow(path)
    compare_members("cdnow", db, expected)
    run("verify", "--db", db)
    before = figures(db)
    again = run(*arguments)
    expect("cdnow: a second import records nothing", " 0 recorded," in again, True)
    expect("cdnow: a second import changes nothing", figures(db), before)
    steps = [("listener", 0, 0, 0), ("fan", 10000, 3, 30), ("expert", 30000, 6, 30)]
    heavy = sorted(expected.items(), key=lambda item: (-item[1]["paid"], item[0]))
    compare_levels("cdnow", db, heavy[:3] + heavy[200:202], "spent", steps, 12, date(1998, 12, 31), True)


def journey(folder):
    transactions = f"{data}/completejourney/transactions_sample.csv.gz"
    products = f"{data}/completejourney/products.csv.gz"
    db = f"{folder}/journey.db"
    run("publish", f"{here}/journey.yaml", "--db", db)
    run("import", "products", products, "--db", db, "--map", "sku=product_id|strip:.0", "--map", "category={department}/{product_category}/{product_type}",
        "--map", "brand=brand", "--rejects", f"{folder}/products.rejects.csv")
    expected, skipped, rejected = derive.journey(transactions, products)
    arguments = ["import", "receipts", transactions, "--db", db, "--map", "receipt=basket_id|strip:.0", "--map", "member=household_id",
                 "--map", "at=transaction_timestamp", "--map", "store=store_id", "--map", "sku=product_id|strip:.0",
                 "--map", "amount=sales_value+retail_disc", "--map", "till_discount=retail_disc", "--round", "half_up",
                 "--rejects", f"{folder}/journey.rejects.csv"]
    text = run(*arguments, status=1 if rejected else 0)
    expect("journey: empty lines skipped", f" {skipped} empty lines skipped" in text, True)
    compare_members("journey", db, expected)
    if rejected:
        with open(f"{folder}/journey.rejects.csv") as rejects:
            expect("journey: rows rejected", len(rejects.readlines()) - 1, rejected)
    run("verify", "--db", db)
    steps = [("guest", 0, 0, 0), ("regular", 5, 1, 10), ("friend", 10, 1, 10)]
    often = sorted(expected.items(), key=lambda item: (-item[1]["receipts"], item[0]))
    compare_levels("journey", db, often[:4] + often[300:301], "visits", steps, 3, date(2017, 12, 31), False)


for job in (cdnow, journey):
    began = time.time()
    with tempfile.TemporaryDirectory() as folder:
        job(folder)
    print(f"{job.__name__} took {time.time() - began:.1f} s")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
