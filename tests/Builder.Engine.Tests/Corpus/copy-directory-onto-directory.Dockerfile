FROM corpus/base
COPY app/sub /opt
COPY app/sub/ /opt/
COPY other* app/sub /twice/
