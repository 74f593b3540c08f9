"""Draw the embedded sub-figures: images as medical articles show them, of the 30 classes of ImageCLEF 2016.

Reads   params.yaml: subfigure_phantom.
Writes  <collection>/train/<CODE>/<CODE>-<number>.png and <collection>/test/<CODE>/<CODE>-<number>.png: 8 bits, grey or
        RGB, sides of 80 to 200 pixels; codes as in src/lesionary/subfigures/classes.yaml.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lesionary.base.errors import as_one_line
from lesionary.params.subfigures import SubfigurePhantomParams
from lesionary.subfigures.drawing.collection import make_collection


def main(collection: Path) -> None:
    make_collection(collection, SubfigurePhantomParams.load())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path, help="folder to write, for instance data/raw/subfigures")
    with as_one_line():
        main(**vars(parser.parse_args()))
