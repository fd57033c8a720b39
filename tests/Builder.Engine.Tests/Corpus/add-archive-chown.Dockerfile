FROM corpus/base
ADD --chown=3:4 archives/t.tar.xz /x
ADD archives/plain.tar archives/t.tar.bz2 /both/
