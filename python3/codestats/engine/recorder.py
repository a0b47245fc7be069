"""Recording: batches and hand-over files into the spool; none is acknowledged before it is there."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.delivery.arrival_check import forget_snapshot
from codestats.delivery.service_aliases import known_aliases
from codestats.exceptions import DamagedError, InvalidBatchError, StorageError
from codestats.languages import Named
from codestats.pulse import Batch
from codestats.storage import handover
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.name_choices import choices, chosen_names, chosen_on
from codestats.storage.owners import NOBODY, Owner
from codestats.storage.quarantine import set_aside
from codestats.storage.sent_journal import SentJournal
from codestats.storage.spool import ResolvedBatch, Spool, Totals
from codestats.storage.sums_refresher import SumsRefresher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from codestats.clock import Clock
    from codestats.delivery.reporter import Reporter
    from codestats.languages import Languages
    from codestats.pulse import Sources
    from codestats.storage.ledger_stats import LedgerStats

__all__ = ["Recorder"]


class Recorder:
    """The only writer of new XP in this process. Belongs to the recorder's thread.

    What the disk does not take stays in memory and is tried again by `retry`; the editor keeps it as well.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (it ties the parts of recording together)
        self,
        data_dir: Path,
        clock: Clock,
        notices: Reporter,
        recorded: Callable[[list[str], list[str]], None],
        handovers: Sequence[Path],
        cache: Path | None = None,
    ) -> None:
        """`recorded` is told the ids of batches on disk, and the keys in them that earn nothing.

        `handovers` are the directories where hand-over files may be, `cache` is the one in which it is told once more
        what was sent.
        """
        self._cache = cache
        self.directory = data_dir
        self._handovers = handovers
        self._clock = clock
        self._notices = notices
        self._recorded = recorded
        self._database: Database | None = None
        self._refresher: SumsRefresher | None = None
        self._pending: dict[str, ResolvedBatch] = {}
        self._nothing: set[str] = set()
        self.languages: Languages | None = None
        self.owner = NOBODY
        """Whose XP is recorded from now on."""

    @property
    def has_pending(self) -> bool:
        """Whether batches wait for the disk to take them."""
        return bool(self._pending)

    def open(self) -> bool:
        """Open the spool, take in what earlier editors left. False (and said) if XP cannot be kept now."""
        return self._restored(self._settle_in)

    def record(self, messages: Iterable[object]) -> bool:
        """Record the batches of one or more `record` messages; those on disk are acknowledged."""
        self.follow_choices()
        for message in messages:
            self._accept(message)
        return self.retry()

    def _accept(self, message: object) -> None:
        try:
            batch = self._resolved(Batch.from_message(message))
        except InvalidBatchError as error:
            self._notices.note(f"let go of what is no batch: {error}")
            identity = message.get("id") if isinstance(message, dict) else None
            self._recorded([identity] if isinstance(identity, str) else [], [])
        else:
            self._pending[batch.id] = batch

    def retry(self) -> bool:
        """Record what waits. False if it still has to."""
        return not self._pending or self._restored(self._record_pending)

    def take_in(self) -> None:
        """Take in hand-over files."""
        self._safely(self._take_in)

    def totals(self) -> Totals | None:
        """What is in which state, if that can be read now."""
        with suppress(StorageError, OSError):
            return self._spool().totals()
        return None

    @contextmanager
    def stats(self) -> Iterator[LedgerStats]:
        """The sums of all XP ever recorded here, for one consistent look at them. Raises StorageError, OSError."""
        with History(self._opened()).stats() as stats:
            yield stats

    def stats_version(self) -> object:
        """Not equal to an earlier one if the sums may have changed since; cheap."""
        with suppress(StorageError, OSError):
            database = self._opened()
            return id(database), database.version()
        return None

    def days(self) -> dict[date, int]:
        """XP of each day, of all ever recorded here."""
        with suppress(StorageError, OSError):
            return History(self._opened()).days()
        return {}

    def unsent(self) -> dict[str, int]:
        """Language → XP that the service doesn't know of yet."""
        with suppress(StorageError, OSError):
            return History(self._opened()).unsent(self.owner, self._clock.now())
        return {}

    def traffic(self) -> tuple[int, int]:
        """How many pulses are being sent at this moment, and how many have ever left the queue."""
        with suppress(StorageError, OSError):
            return History(self._opened()).traffic()
        return 0, 0

    def chosen_names(self) -> dict[str, str]:
        """Name of the table → the one that this owner's profile has chosen."""
        with suppress(StorageError, OSError), self._opened().reading() as connection:
            return chosen_names(connection, self.owner)
        return {}

    def aliases(self) -> dict[str, str]:
        """Folded language → the one that the service keeps it as, as far as that is known of this owner."""
        with suppress(StorageError, OSError), self._opened().reading() as connection:
            return known_aliases(connection, self.owner.key)
        return {}

    def keep_profile(self, address: str, user: str, at: float, answer: dict[str, Any]) -> None:
        """Remember a profile for when there is no network."""
        with suppress(StorageError, OSError):
            History(self._opened()).keep_profile(address, user, at, answer)

    def kept_profile(self, address: str, user: str) -> tuple[float, dict[str, Any]] | None:
        """The last known profile, and when it was got."""
        with suppress(StorageError, OSError):
            return History(self._opened()).kept_profile(address, user)
        return None

    def keep_account(self, address: str, user: str, at: float, answer: dict[str, Any]) -> None:
        """Remember an account likewise."""
        with suppress(StorageError, OSError):
            History(self._opened()).keep_account(address, user, at, answer)

    def kept_account(self, address: str, user: str) -> tuple[float, dict[str, Any]] | None:
        """The last known account, and when it was got."""
        with suppress(StorageError, OSError):
            return History(self._opened()).kept_account(address, user)
        return None

    def close(self) -> None:
        """Let go of the database."""
        if self._refresher is not None:
            self._refresher.stop()
            self._refresher = None
        if self._database is not None:
            self._database.close()
            self._database = None

    def _settle_in(self) -> None:
        database = self._opened()
        database.check()
        self._take_in()
        self._spool().forget_old_batches()
        self._spool().note_owner()
        self._refresh_sums(database)

    def _refresh_sums(self, database: Database) -> None:
        if self._refresher is None and History(database).has_stale_sums():
            self._refresher = SumsRefresher(database.path)
            self._refresher.start()

    def _record_pending(self) -> None:
        batches = list(self._pending.values())
        xp = self._spool().record(batches)
        self._pending.clear()
        self._recorded([batch.id for batch in batches], sorted(self._nothing))
        self._nothing.clear()
        if xp:
            self._notices.note(f"recorded {xp} XP")

    def _take_in(self) -> None:
        self.follow_choices()

        def record(batches: list[Batch], account: str) -> None:
            xp = self._spool().record([self._resolved(batch) for batch in batches], account)
            self._notices.note(f"took in a hand-over file with {xp} new XP")

        for directory in self._handovers:
            key = paths.queue_key(self.directory)
            self._tell(directory, handover.take_in(directory, key, record, self._is_ours))

    def _is_ours(self, found: handover.HandOver) -> bool:
        """Whether a hand-over file is this machine's; where clones share the home, by the boots it was seen in."""
        if found.machine and found.machine != paths.machine_key():
            return False
        own = f"spool-{paths.queue_key(self.directory)}.owner"
        if all(path.name == own for path in self.directory.glob(f"spool-{paths.machine_key()}*.owner")):
            return True
        boots = self._spool().boots()
        return all(not batch.boot or batch.boot in boots for batch in found.batches)

    def _tell(self, directory: Path, remains: handover.Remains) -> None:
        for path in remains.broken:
            self._notices.say(
                "warning", f"broken {path.name}", f"a hand-over file could not be read: see {path}"
            )
        trouble = ""
        if remains.is_foreign:
            trouble = f"in {directory} belongs to another user: run `{paths.owning_command(directory)}`"
        elif remains.trouble:
            trouble = f"in {directory} cannot be taken out ({remains.trouble}): see :CodeStatsHealth"
        if trouble:
            self._notices.say("warning", f"handover {directory}", f"XP {trouble}")
        else:
            self._notices.forget(f"handover {directory}")

    def _resolved(self, batch: Batch) -> ResolvedBatch:
        xps: dict[str, int] = {}
        undecided: set[str] = set()
        for key, xp in batch.xp.items():
            language, _, is_undecided = self.languages.explain(key) if self.languages else Named(key, "")
            if language:
                xps[language] = xps.get(language, 0) + xp
                undecided.update({language} if is_undecided else ())
            else:
                self._nothing.add(key)
        sources = self._by_language(batch.sources)
        return ResolvedBatch(
            batch.id, batch.at, xps, batch.boot, batch.up, frozenset(undecided), batch.editor, sources
        )

    def _by_language(self, sources: Sources) -> Sources:
        """Where text came from, without that which goes to no language."""
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for key, kinds in sources.items():
            language = self.languages.explain(key).language if self.languages else key
            if not language:
                continue
            own = found.setdefault(language, {})
            for kind, (came, went) in kinds.items():
                before = own.get(kind, (0, 0))
                own[kind] = (before[0] + came, before[1] + went)
        return found

    def follow_choices(self) -> None:
        """Name languages as the profile has chosen, whichever editor asked it."""
        if self.languages is None:
            return
        with suppress(StorageError, OSError), self._opened().reading() as connection:
            today = self._clock.local_hour(self._clock.now()).hour[:10]
            self.languages.chosen = chosen_on(choices(connection, self.owner), today)

    def use_owner(self, owner: Owner) -> None:
        """Record what comes from now on as this owner's."""
        self.owner = owner
        if self._database is not None:
            self._safely(lambda: self._spool().note_owner())

    def _spool(self) -> Spool:
        return Spool(self._opened(), self._clock, self.owner)

    def _opened(self) -> Database:
        """The database of now: a damaged one may have been set aside. Raises StorageError, OSError."""
        if self._database is not None and not self._database.is_current:
            self.close()
        if self._database is None:
            paths.ensure_private_dir(self.directory)
            self._database = Database(paths.database_file(self.directory))
            self._notice_restored(self._database)
        return self._database

    def _notice_restored(self, database: Database) -> None:
        """What a backup brought back was sent since: it leaves the queue before anything joins it."""
        journal = SentJournal(database.path, self._cache)
        xp = journal.replay(database, forget_snapshot, self._take_in)
        if xp:
            text = (
                f"the data directory is from a backup: {xp} XP in it were sent since, and are not sent again"
            )
            self._notices.say("info", "restored", text)

    def _restored(self, work: Callable[[], object]) -> bool:
        """Work whose success shows that XP can be kept (again)."""
        is_done = self._safely(work)
        if is_done:
            self._notices.storage("")
        return is_done

    def _safely(self, work: Callable[[], object]) -> bool:
        try:
            try:
                work()
            except DamagedError as error:
                self._begin_again(error)
                work()
        except StorageError as error:
            self._notices.storage(str(error))
            return False
        except OSError as error:
            self._notices.storage(f"cannot keep XP in {self.directory}: {error.strerror or error}")
            return False
        return True

    def _begin_again(self, error: DamagedError) -> None:
        self.close()
        path = paths.database_file(self.directory)
        old = set_aside(path)
        if old is not None:
            text = f"{error}; it was set aside as {old} and a new one is begun"
            self._notices.say("error", "damaged", text)
