FROM scratch
CMD ["a\tb", "\u00e4", "\"q\""]
