"""The frozen binary gives the environment back as it got it."""

from by_path import module

scrub = module("bootstrap").scrub

THEIRS = {"PATH": "/usr/bin", "VIRTUAL_ENV": "/home/ann/venv", "PYTHONPATH": "lib"}
BOOTLOADERS = {
    "_PYI_ARCHIVE_FILE": "/x/dagx",
    "_PYI_PARENT_PROCESS_LEVEL": "0",
    "_PYI_APPLICATION_HOME_DIR": "/x",
}


def test_what_the_bootloader_set_is_gone() -> None:
    environment = {**THEIRS, **BOOTLOADERS, "LD_LIBRARY_PATH": "/x/_internal"}
    scrub(environment)
    assert environment == THEIRS


def test_a_library_path_of_the_users_own_is_put_back() -> None:
    library_path = {"LD_LIBRARY_PATH": "/x/_internal:/opt/cuda", "LD_LIBRARY_PATH_ORIG": "/opt/cuda"}
    environment = {**THEIRS, **BOOTLOADERS, **library_path}
    scrub(environment)
    assert environment == {**THEIRS, "LD_LIBRARY_PATH": "/opt/cuda"}


def test_an_empty_original_counts_as_none() -> None:
    environment = {**THEIRS, "LD_LIBRARY_PATH": "/x/_internal", "LD_LIBRARY_PATH_ORIG": ""}
    scrub(environment)
    assert environment == THEIRS
