FROM corpus/base
CMD []
ENTRYPOINT []
