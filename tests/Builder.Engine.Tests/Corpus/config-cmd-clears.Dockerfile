FROM corpus/base AS a
CMD ["one"]
ENTRYPOINT ["e"]
FROM a
ENTRYPOINT ["other"]
