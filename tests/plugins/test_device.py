"""The device action where no device is needed."""

import yaml

PLAYBOOK = [
    {
        "hosts": "cameras",
        "gather_facts": False,
        "tasks": [{"nanxi.cctv.device": {"state": "{{ asked | default('declared') }}"}}],
    }
]


def play(inventory, *options, **environment):
    playbook = inventory.folder.parent / "device.yml"
    playbook.write_text(yaml.safe_dump(PLAYBOOK))
    return inventory.play(str(playbook), *options, **environment)


def test_rendered_needs_neither_device_nor_vault(inventory):
    inventory.cameras([{}])
    run = play(inventory, "-e", "asked=rendered", ANSIBLE_VAULT_PASSWORD_FILE="")
    assert run.returncode == 0, run.stdout
    assert '"hostname": "oubei-cam0001"' in run.stdout
    assert '"ntp_servers": [' in run.stdout


def test_a_camera_without_a_password_in_the_vault_is_not_touched(inventory):
    inventory.cameras([{}])
    run = play(inventory, NANXI_LANG="en")
    assert run.returncode == 2
    assert "failed: [oubei-cam0001]" in run.stdout
    assert "run `scripts/credentials new`" in run.stdout


def test_a_closed_vault_is_told_as_such(inventory):
    inventory.cameras([{}])
    inventory.new_passwords()
    run = play(inventory, ANSIBLE_VAULT_PASSWORD_FILE="")
    assert run.returncode == 2
    assert "no vault password was given" in run.stdout
    assert "MODULE FAILURE" not in run.stdout


def test_no_aspect_selected_is_a_skip(inventory):
    inventory.cameras([{}])
    run = inventory.play("playbooks/cameras.yml", "--tags", "no_such_tag", "-v")
    assert run.returncode == 0, run.stdout
    assert "skipping: [oubei-cam0001]" in run.stdout


def test_unknown_variables_end_the_run(inventory):
    inventory.cameras([{}])
    for limit in ([], ["--limit", "oubei"]):
        run = inventory.play("playbooks/site.yml", "-e", "device_stat=rendered", *limit)
        assert run.returncode == 2
        assert "Unknown variables: device_stat" in run.stdout


def test_without_an_inventory_the_run_ends_with_what_to_type(inventory):
    run = inventory.run("ansible-playbook", "playbooks/site.yml")
    assert run.returncode == 2
    assert "-i inventory/yongjia" in run.stdout


def test_the_survey_says_that_the_vault_is_closed_and_not_once_a_camera(inventory):
    rows = [
        {"serial": str(n), "code": f"3303240200132000000{n}", "mac": "", "ipv4": f"10.98.0.19{n}"}
        for n in (4, 5, 6)
    ]
    inventory.cameras(rows)
    inventory.new_passwords()
    run = inventory.play("playbooks/site.yml", ANSIBLE_VAULT_PASSWORD_FILE="")
    assert run.returncode == 2
    # Ansible tells an error and then the result of its task.
    assert run.stdout.count("no vault password was given") == 2
