"""Rows of arrays divided into shards of every format."""

import functools
import http.server
import threading

import h5py
import numpy as np
import pyarrow
import safetensors.torch
import torch
import zarr
from pyarrow import feather, ipc, parquet

ARRAY_KINDS = ("npy", "npz", "safetensors", "pt", "h5", "zarr 2", "zarr 3")
TABLE_KINDS = ("parquet", "arrow file", "arrow stream", "feather")
KINDS = ARRAY_KINDS + TABLE_KINDS


def write_shard(folder, name, kind, rows, *, chunk=2, **others):
    """A file with an array or a column of lists `Z`, and others of as many rows; its place."""
    place = folder / f"{name}.{kind.split()[0]}"
    arrays = {"Z": np.ascontiguousarray(rows), **others}
    match kind:
        case "npy":
            np.save(place, rows)
        case "npz":
            np.savez_compressed(place, **arrays)
        case "safetensors":
            safetensors.torch.save_file({each: torch.from_numpy(array.copy()) for each, array in arrays.items()}, place)
        case "pt":
            torch.save({each: torch.from_numpy(array.copy()) for each, array in arrays.items()}, place)
        case "h5":
            with h5py.File(place, "w") as file:
                for each, array in arrays.items():
                    chunks = (min(chunk, len(array)) or 1, *array.shape[1:])
                    file.create_dataset(each, data=array, chunks=chunks, maxshape=(None, *array.shape[1:]))
        case "zarr 2" | "zarr 3":
            group = zarr.open_group(place, mode="w", zarr_format=int(kind[-1]))
            for each, array in arrays.items():
                group.create_array(each, data=array, chunks=(chunk, *array.shape[1:]))
        case _:
            write_table(place, kind, table_of(**arrays), chunk=chunk)
    return place


def table_of(**arrays):
    """A table with a column for each array, of lists of one length where it has two dimensions."""
    return pyarrow.table(
        {
            name: pyarrow.array(array)
            if np.ndim(array) == 1
            else pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(array.reshape(-1)), array.shape[1])
            for name, array in arrays.items()
        }
    )


def write_table(place, kind, table, *, chunk=2):
    match kind:
        case "parquet":
            parquet.write_table(table, place, row_group_size=chunk)
        case "feather":
            feather.write_feather(table, str(place), chunksize=chunk)
        case "arrow file" | "arrow stream":
            new = ipc.new_file if kind == "arrow file" else ipc.new_stream
            with new(str(place), table.schema) as writer:
                for batch in table.to_batches(max_chunksize=chunk):
                    writer.write_batch(batch)


def write_shards(folder, kind, Z, ends, **others):
    """The rows up to each end, in files whose names are in natural order alone; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    first = 0
    for number, end in enumerate([*ends, len(Z)]):
        beside = {name: array[first:end] for name, array in others.items()}
        write_shard(folder, f"part-{5 * number + 1}", kind, Z[first:end], **beside)
        first = end
    return folder


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Gives parts of files, unless it is told not to."""

    gives_parts = True

    def log_message(self, *_):
        """Say nothing."""

    def send_head(self):
        wanted = self.headers.get("Range", "")
        place = self.translate_path(self.path)
        if not (self.gives_parts and wanted.startswith("bytes=")):
            return super().send_head()
        with open(place, "rb") as file:  # noqa: PTH123 -- what the server's own path is
            data = file.read()
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        stop = min(len(data), int(last) + 1 if last else len(data))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{stop - 1}/{len(data)}")
        self.send_header("Content-Length", str(stop - int(first)))
        self.end_headers()
        self.wfile.write(data[int(first) : stop])
        return None

    def end_headers(self):
        if self.gives_parts:
            self.send_header("Accept-Ranges", "bytes")
        super().end_headers()


class _WholeFiles(_Handler):
    gives_parts = False


class Server:
    """A server on this machine, of a folder."""

    def __init__(self, folder, *, gives_parts=True):
        handler = functools.partial(_Handler if gives_parts else _WholeFiles, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self):
        self._thread.start()
        return self.address

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
