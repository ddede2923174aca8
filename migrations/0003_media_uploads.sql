ALTER TABLE `media` ADD `client_key` varchar(64) character set utf8mb4 collate utf8mb4_bin;--> statement-breakpoint
ALTER TABLE `media` ADD `sent_bytes` int;--> statement-breakpoint
ALTER TABLE `media` ADD CONSTRAINT `media_client_key` UNIQUE(`owner_id`,`client_key`);