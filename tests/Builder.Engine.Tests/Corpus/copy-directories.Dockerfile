FROM corpus/base
COPY app /app
COPY app/sub /merged
COPY conf /merged/
COPY app/hollow /hollow
COPY tree /
