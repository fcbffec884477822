"""What is known, as people and programs read it."""


from tests.cli.keeper import Keeper


def test_the_fleet_is_shown(keeper: Keeper) -> None:
    one = keeper.tenant(1)
    keeper.tenant(2)
    keeper.count()
    ran = keeper("status")
    print(ran)
    print(keeper("status", str(one.tenant_id)).out)
    print(keeper("status", "--all").out)
    print(keeper("plan", "--all"))
    print(keeper("doctor", "tenant1.onmicrosoft.com"))
    print(keeper("activate", "tenant1.onmicrosoft.com", "--wait", "--yes"))
    print(keeper.items(one.tenant_id))
    print(keeper("activate", "--all", "--yes"))
    print(keeper("history", "tenant1.onmicrosoft.com", "-o", "md"))
    print(keeper("history", "-o", "jsonl"))
    print(keeper("evidence", "--all", "--out", "/tmp/ev"))
    assert 0
