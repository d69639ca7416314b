-- The index of one recorder host. Everything in "segment" and "hour" can be made again from names and manifests.
-- Times are Unix time: "start" in seconds (as in the name), "*_ms" in milliseconds.
CREATE TABLE camera (
  id         INTEGER PRIMARY KEY,
  host       TEXT NOT NULL UNIQUE,
  deleted_ms INTEGER NOT NULL DEFAULT 0  -- footage up to here went by retention: a gap there is no outage
) STRICT;
CREATE TABLE volume (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;

-- A row here means: the file exists, whole, and was synced (moonfire's invariant).
CREATE TABLE segment (
  camera    INTEGER NOT NULL REFERENCES camera,
  start     INTEGER NOT NULL,
  session   TEXT    NOT NULL,
  unsync    INTEGER NOT NULL,
  volume    INTEGER NOT NULL REFERENCES volume,
  size      INTEGER NOT NULL,
  closed_ms INTEGER NOT NULL,
  codec     TEXT    NOT NULL,
  frames    INTEGER NOT NULL,
  first_pts INTEGER NOT NULL,
  end_pts   INTEGER NOT NULL,
  span_ms   INTEGER NOT NULL,
  holes     TEXT    NOT NULL,  -- JSON, empty without holes
  jumps     INTEGER NOT NULL,
  sha256    TEXT    NOT NULL,
  end_ms    INTEGER NOT NULL,  -- see timeline.py: up to the next one's start where that continues this one
  PRIMARY KEY (camera, start, session, unsync)
) STRICT, WITHOUT ROWID;

CREATE INDEX segment_undated ON segment (camera, session) WHERE unsync = 1;

-- Runs that began while the clock was not believed: their names do not say how old they are. "seen_ms" is when a round of
-- retention with a believed clock saw the last of their segments arrive ("segments": how many it counted).
CREATE TABLE undated (
  camera   INTEGER NOT NULL REFERENCES camera,
  session  TEXT    NOT NULL,
  segments INTEGER NOT NULL,
  seen_ms  INTEGER NOT NULL,
  PRIMARY KEY (camera, session)
) STRICT, WITHOUT ROWID;

-- A row here means: the file is to be removed and may be gone already.
CREATE TABLE garbage (
  camera  INTEGER NOT NULL REFERENCES camera,
  start   INTEGER NOT NULL,
  session TEXT    NOT NULL,
  unsync  INTEGER NOT NULL,
  volume  INTEGER NOT NULL REFERENCES volume,
  reason  TEXT    NOT NULL,
  PRIMARY KEY (camera, start, session, unsync)
) STRICT, WITHOUT ROWID;

-- Recorded time per camera and hour, kept current by every change. Hours, so that a UTC day and a Chinese civil day
-- (UTC+8, no daylight saving) are both sums of 24 rows.
CREATE TABLE hour (
  camera      INTEGER NOT NULL REFERENCES camera,
  hour        INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  segments    INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  PRIMARY KEY (camera, hour)
) STRICT, WITHOUT ROWID;

-- What retention took out of "hour": a month's completeness is asked for when its first days are deleted already.
CREATE TABLE past (
  camera      INTEGER NOT NULL REFERENCES camera,
  hour        INTEGER NOT NULL,
  recorded_ms INTEGER NOT NULL,
  PRIMARY KEY (camera, hour)
) STRICT, WITHOUT ROWID;

-- Why nothing was recorded; no camera: the whole host. Open while until_ms is null.
CREATE TABLE event (
  id      TEXT    PRIMARY KEY,
  camera  TEXT,
  cause   TEXT    NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER,
  detail  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX event_by_time ON event (from_ms);

-- Since when this host is told to record a camera. After a rebuild: since its first segment (see due.py).
CREATE TABLE due (camera TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Footage under investigation: nothing of it is deleted before somebody releases it.
CREATE TABLE hold (
  id       TEXT    PRIMARY KEY,
  camera   TEXT    NOT NULL,
  from_ms  INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  reason   TEXT    NOT NULL,
  who      TEXT    NOT NULL,
  placed_ms INTEGER NOT NULL,
  released_ms INTEGER,
  released_by TEXT NOT NULL DEFAULT '',
  released_reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
